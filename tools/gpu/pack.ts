/**
 * Makes the parts of the kit:
 *
 *     npm run gpu:pack -- --out FOLDER [--wheels FOLDER]
 *
 * Parts 0 and 1 are enough for WebGPU. The others hold TensorFlow's CUDA build, of wheels that were unpacked into one folder
 * (README.md says which).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { writeFirstPart } from './collect/first-part.ts';
import { kitFiles } from './collect/kit-files.ts';
import { runtimeGroups } from './collect/runtime-groups.ts';
import { vulkanLoader } from './collect/vulkan-loader.ts';
import { cutIntoParts, megabytes } from './parts/cut-into-parts.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

const given = new Command('npm run gpu:pack --')
  .description("Makes the parts of the kit that runs on a GPU's machine.")
  .requiredOption('--out <folder>', 'where the parts are written')
  .option('--wheels <folder>', "wheels of TensorFlow's CUDA build, unpacked; without it, WebGPU alone")
  .parse()
  .opts<{ out: string; wheels?: string }>();

// npm starts this in the workspace's folder, wherever it was called.
const here = (folder: string): string => resolve(process.env['INIT_CWD'] ?? '.', folder);
const out = here(given.out);
const wheels = given.wheels === undefined ? undefined : here(given.wheels);
const scratch = mkdtempSync(join(tmpdir(), 'cantrip-gpu-pack-'));
try {
  say(`part-00.tar.gz: ${megabytes(await writeFirstPart(out, process.execPath))}`);
  const { files, missing } = kitFiles(root);
  const loader = vulkanLoader();
  const runtime = wheels === undefined ? { groups: [], missing: [] } : runtimeGroups(wheels, scratch);
  const kit = { name: 'kit', files: loader ? [...files, loader] : files };
  await cutIntoParts([kit, ...runtime.groups], out, { log: say });
  const left = [
    ...missing.map((name) => `the npm package ${name} is not installed here`),
    ...(loader ? [] : ['libvulkan.so.1 is not installed here']),
    ...runtime.missing,
    ...(wheels === undefined ? ['no --wheels were given, so CUDA is left out'] : []),
  ];
  for (const line of left) say(`left out: ${line}`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
