import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { runCommand } from '../test-all/run-command.ts';
import type { Package } from '../workspace/workspace.ts';

/** An empty project into which the packed packages are installed, as a user would from the registry. */
export interface Consumer {
  readonly folder: string;
  /** Node 24 of npm's package `node`. */
  readonly node24: string;
  /** The packed packages. */
  readonly tarballs: readonly string[];
}

const programs = [
  'train-a-little.js',
  'import-everything.js',
  'test-a-trick.js',
  'browser/tricks-loop.js',
  'browser/trainer-run.js',
  'browser/run-in-node.js',
];

/** Packs the packages and installs them with TensorFlow.js into an empty folder; npm asks and runs nothing. */
export async function makeConsumer(root: string, packages: readonly Package[]): Promise<Consumer> {
  const base = mkdtempSync(join(tmpdir(), 'cantrip-packed-'));
  const [tarballs, folder, nodeFolder] = ['tarballs', 'consumer', 'node24'].map((name) => join(base, name));
  if (tarballs === undefined || folder === undefined || nodeFolder === undefined)
    throw new Error('unreachable');
  for (const each of [tarballs, folder, nodeFolder]) mkdirSync(each);
  const packed = packages.map((pkg) => `./${pkg.folder}`);
  await npm(root, ['pack', ...packed, '--ignore-scripts', '--silent', '--pack-destination', tarballs]);
  const files = readdirSync(tarballs).map((name) => join(tarballs, name));
  if (files.length !== packages.length)
    throw new Error(`npm packed ${files.length} of ${packages.length} packages`);
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  const tfjs = ['core', 'layers', 'backend-webgl'].map((name) => `@tensorflow/tfjs-${name}@4.22.0`);
  await npm(folder, ['install', '--ignore-scripts', ...files, ...tfjs]);
  for (const name of programs) copyFileSync(new URL(name, import.meta.url), join(folder, basename(name)));
  writeFileSync(join(nodeFolder, 'package.json'), '{ "private": true }');
  // The package `node` chooses the platform's binary in its install script.
  await npm(nodeFolder, ['install', '--ignore-scripts=false', 'node@24']);
  return { folder, node24: join(nodeFolder, 'node_modules/node/bin/node'), tarballs: files };
}

async function npm(cwd: string, args: readonly string[]): Promise<void> {
  const { code, output } = await runCommand('npm', [...args, '--no-audit', '--no-fund'], {
    cwd,
    quiet: true,
  });
  if (code !== 0) throw new Error(`npm ${args.join(' ')} failed:\n${output}`);
}
