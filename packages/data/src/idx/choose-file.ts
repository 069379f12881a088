import type { Dirent, Stats } from 'node:fs';
import { CantripError, describe } from '@cantrip/errors';
import { nodeModule } from '../source/node-module.ts';
import { kindOf } from './open-file.ts';

/** An entry of a folder. */
export interface Entry {
  readonly name: string;
  /** Undefined for an ordinary file; else what it is, in words. */
  readonly kind?: string;
}

/** Which file of a folder to find. */
export interface Wanted {
  readonly kind: 'images' | 'labels';
  readonly split: 'train' | 'test';
  readonly prefix: string | undefined;
}

/** A found file, and the prefix before `train-images…` in its name. */
export interface Chosen {
  readonly path: string;
  readonly prefix: string;
}

const who = 'readIdxFolder';
const splitNames = { train: 'train', test: '(?:t10k|test)' } as const;
const usualNames = { train: 'train', test: 't10k' } as const;

/** QMNIST's labels are 32-bit integers, which shows in the names of its files. */
const typeNames = { images: 'ubyte', labels: '(?:ubyte|int)' } as const;

/** @throws CantripError DATA_NOT_FOUND */
export async function listFolder(folder: string): Promise<Entry[]> {
  const { readdir } = nodeModule('fs/promises');
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    const code = (cause as NodeJS.ErrnoException).code;
    const what = {
      ENOENT: `there is no folder ${folder}`,
      ENOTDIR: `${folder} is a file, not a folder`,
    }[code ?? ''];
    throw new CantripError('DATA_NOT_FOUND', {
      who,
      what: what ?? `the folder ${describe(folder)} cannot be read (${code ?? String(cause)})`,
      fix: 'Pass the folder that holds the IDX files',
      cause,
    });
  });
  const found = await Promise.all(entries.map((entry) => entryOf(folder, entry)));
  // If two files match, the choice must not depend on the order in the file system.
  return found.sort((left, right) => (left.name < right.name ? -1 : 1));
}

async function entryOf(folder: string, entry: Dirent): Promise<Entry> {
  const { name } = entry;
  const status: Stats | Dirent | undefined = entry.isSymbolicLink()
    ? await nodeModule('fs/promises')
        .stat(nodeModule('path').join(folder, name))
        .catch(() => undefined)
    : entry;
  if (status === undefined) return { name, kind: 'a link to nothing' };
  return status.isFile() ? { name } : { name, kind: kindOf(status) };
}

/**
 * Finds the file of one split and kind. A folder or a pipe with such a name is skipped, and so are the `._` files
 * that macOS adds to archives.
 *
 * @throws CantripError DATA_NOT_FOUND if there is none, or if the folder holds several sets
 */
export function chooseFile(folder: string, entries: readonly Entry[], wanted: Wanted): Chosen {
  const { kind, split, prefix } = wanted;
  const pattern = new RegExp(
    `^(?!\\._)(?:(.*)[-_])?${splitNames[split]}-${kind}[-.]idx\\d-${typeNames[kind]}(\\.gz)?$`,
  );
  const found = entries
    .filter((entry) => entry.kind === undefined)
    .map(({ name }) => ({ name, match: pattern.exec(name) }))
    .filter(({ match }) => match !== null && (prefix === undefined || (match[1] ?? '') === prefix))
    .map(({ name, match }) => ({ path: nodeModule('path').join(folder, name), prefix: match?.[1] ?? '' }));
  const prefixes = new Set(found.map((file) => file.prefix));
  if (prefixes.size > 1) {
    throw new CantripError('DATA_NOT_FOUND', {
      who,
      what: `${folder} must hold only one set if prefix is not set, but it holds ${[...prefixes].map(describe).join(', ')}`,
      fix: 'Set the option prefix to the set that you want',
    });
  }
  const plainFirst = found.sort((left, right) => left.path.length - right.path.length)[0];
  if (plainFirst) return plainFirst;
  throw notFound(folder, entries, wanted);
}

function notFound(folder: string, entries: readonly Entry[], { kind, split, prefix }: Wanted): CantripError {
  const name = `${prefix ? `${prefix}-` : ''}${usualNames[split]}-${kind}-idx${kind === 'images' ? 3 : 1}-ubyte`;
  const shown = entries
    .slice(0, 8)
    .map((entry) => (entry.kind === undefined ? entry.name : `${entry.name} (${entry.kind})`));
  if (entries.length > 8) shown.push('…');
  return new CantripError('DATA_NOT_FOUND', {
    who,
    what: `${folder} must hold the file ${name}, plain or .gz, but it holds ${shown.join(', ') || 'nothing'}`,
    fix: 'Pass the folder that holds the IDX files, or add this file',
  });
}
