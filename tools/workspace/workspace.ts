import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** What the rules look at: the texts of the workspace's files, so that a test can hand them a made-up one. */
export interface Workspace {
  /** Path from the root, with forward slashes, to text; a file that holds no text has an empty one. */
  readonly files: ReadonlyMap<string, string>;
  readonly packages: readonly Package[];
}

/** One folder of `packages/`. */
export interface Package {
  /** The folder's name. */
  readonly name: string;
  /** `packages/<name>` */
  readonly folder: string;
  readonly manifest: Manifest;
  /** Whether package.json has the keyword `cantrip-trick`: the one fact that makes a package a trick. */
  readonly isTrick: boolean;
}

/** The fields of package.json that the rules read. */
export interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly private?: boolean;
  readonly description?: string;
  readonly keywords?: readonly string[];
  readonly license?: string;
  readonly type?: string;
  readonly sideEffects?: boolean | readonly string[];
  readonly engines?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly files?: readonly string[];
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
  readonly repository?: { readonly directory?: string };
  readonly publishConfig?: Readonly<Record<string, unknown>>;
}

const skippedFolders = new Set([
  'node_modules',
  '.git',
  '.nx',
  'coverage',
  'test-results',
  '__pycache__',
  '.venv',
]);
const textFile = /(\.(ts|js|mjs|cjs|json|md|py|txt|yml|yaml|toml|svg)|\/run|^\.npmrc)$/;

/** Reads the workspace under `root`; of what was built it takes the scripts. */
export function readWorkspace(root: string): Workspace {
  const files = new Map<string, string>();
  for (const path of walk(root)) {
    const name = relative(root, path).split(sep).join('/');
    if (/(^|\/)dist\//.test(name) && !name.endsWith('.js')) continue;
    files.set(name, textFile.test(name) ? readFileSync(path, 'utf8') : '');
  }
  return workspaceOf(files);
}

/** Finds the packages among the files. */
export function workspaceOf(files: ReadonlyMap<string, string>): Workspace {
  const names = new Set<string>();
  for (const path of files.keys()) {
    const name = /^packages\/([^/]+)\/package\.json$/.exec(path)?.[1];
    if (name !== undefined) names.add(name);
  }
  return { files, packages: [...names].sort().map((name) => packageOf(name, files)) };
}

function packageOf(name: string, files: ReadonlyMap<string, string>): Package {
  const folder = `packages/${name}`;
  const manifest = JSON.parse(files.get(`${folder}/package.json`) ?? '{}') as Manifest;
  return { name, folder, manifest, isTrick: manifest.keywords?.includes('cantrip-trick') ?? false };
}

/** The files of one package under a folder of it, e.g. `src/`, with their texts. */
export function filesUnder({ files }: Workspace, { folder }: Package, prefix: string): [string, string][] {
  return [...files].filter(([path]) => path.startsWith(`${folder}/${prefix}`));
}

function* walk(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!skippedFolders.has(entry.name)) yield* walk(path);
    } else if (entry.isFile()) {
      yield path;
    }
  }
}
