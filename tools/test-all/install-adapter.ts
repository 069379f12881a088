import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { runCommand } from './run-command.ts';

/** It holds SwiftShader, which computes in software what a GPU would, and a Vulkan loader. */
const source = '@sparticuz/chromium@153.0.0';
const sha512 = 'jiGWqSvPMdu4+P9TilYqAR7yEGPEHINx+lCvE/NqNO/EHYzF/x1hUiI5T6ioVIt7dEy7n88byyT0vk+dnsgQwA==';
const files = ['libvulkan.so.1', 'libvk_swiftshader.so', 'vk_swiftshader_icd.json'];

/**
 * `npm run test:install-adapter`: an adapter in software for the device webgpu, of npm, in
 * ~/.cache/cantrip/software-adapter/VERSION. Nothing is done where it is installed. Linux x64 alone.
 */
async function main(): Promise<void> {
  const folder = join(homedir(), '.cache', 'cantrip', 'software-adapter', source.split('@').at(-1)!);
  if (!files.every((file) => existsSync(join(folder, file)))) await install(folder);
  console.log(`An adapter for webgpu is in ${folder}.`);
}

async function install(folder: string): Promise<void> {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error('It is built for Linux x64 alone.');
  mkdirSync(dirname(folder), { recursive: true });
  const work = mkdtempSync(`${folder}-`);
  try {
    await mustRun('npm', ['pack', source, '--silent', '--pack-destination', work]);
    const archive = join(work, 'sparticuz-chromium-153.0.0.tgz');
    const hash = createHash('sha512').update(readFileSync(archive)).digest('base64');
    if (hash !== sha512) throw new Error(`${source} has another hash than the pinned one.`);
    const packed = 'package/bin/swiftshader.tar.br';
    await mustRun('tar', ['-xzf', archive, '-C', work, packed]);
    writeFileSync(join(work, 'adapter.tar'), brotliDecompressSync(readFileSync(join(work, packed))));
    const unpacked = join(work, 'adapter');
    mkdirSync(unpacked);
    await mustRun('tar', ['-xf', join(work, 'adapter.tar'), '-C', unpacked, ...files]);
    rmSync(folder, { recursive: true, force: true });
    renameSync(unpacked, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function mustRun(command: string, args: readonly string[]): Promise<void> {
  const { code } = await runCommand(command, args, { limit: 2 });
  if (code !== 0) throw new Error(`${command} ended with ${code}.`);
}

try {
  await main();
} catch (error) {
  console.error(`The adapter for webgpu is not installed: ${(error as Error).message}`);
  process.exitCode = 1;
}
