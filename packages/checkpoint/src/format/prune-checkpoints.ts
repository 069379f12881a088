import fs from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { atLeast, type Check, integerIn, isCantripError, readOptions } from '@cantrip/errors';
import { checkPath } from './check-path.ts';
import { reasonOf, unwritten } from './content/checkpoint-errors.ts';
import { newBesideName } from './folder/beside-name.ts';
import { removeLeftovers, removeOrLeave } from './folder/leftovers.ts';
import { lookAt, namesIn } from './folder/look-at.ts';
import { strangerIn, verifyFolder } from './folder/read-folder.ts';
import { checkpointsIn } from './newest-checkpoint.ts';
import { ownsFolder } from './own-folder.ts';

export interface PruneOptions {
  /** How many of the newest whole ones stay, an integer >= 1. */
  readonly keep: number;
  /** Names or paths of others that stay, e.g. of the best one. */
  readonly spare: readonly string[];
}

const checks = {
  keep: integerIn(atLeast(1)),
  spare: ((value) =>
    Array.isArray(value) && value.every((name) => typeof name === 'string')
      ? undefined
      : 'must be an array of names') as Check<readonly string[]>,
};

/** What is known of a checkpoint without reading its tensors. */
interface Candidate {
  readonly name: string;
  readonly state: 'whole' | 'broken' | 'unknown';
}

/**
 * Removes old checkpoints of a folder: all but the newest ones that are whole and the ones that are named. Leftovers of dead
 * writers go too.
 *
 * Whether one is whole is seen by its manifest and the sizes of its files. The newest one whose files also have the right sha256
 * stays in any case; if there is none, nothing is removed. What is not whole is removed, unless it holds other files, cannot be
 * read, or was written by a newer release.
 *
 * @returns the paths of the checkpoints that were removed, the newest first
 * @throws CantripError CHECKPOINT_WRITE if one cannot be removed; CHECKPOINT_READ; OPTION_INVALID
 * @example
 * ```ts
 * await pruneCheckpoints('runs/mnist', { keep: 3, spare: ['step-0000000400'] }); // ['/home/you/runs/mnist/step-0000000300']
 * ```
 */
export async function pruneCheckpoints(folder: string, options: PruneOptions): Promise<readonly string[]> {
  checkPath('pruneCheckpoints', folder, 'folder');
  const { keep, spare } = readOptions('pruneCheckpoints', checks, options);
  const path = resolve(folder);
  const spared = new Set(spare.map((name) => basename(name)));
  try {
    await removeLeftovers(path, ownsFolder(path));
    const candidates: Candidate[] = [];
    for (const { name } of await checkpointsIn(path)) candidates.push(await candidateOf(path, name));
    const right = await newestRight(path, candidates);
    if (right === undefined) return [];
    const whole = candidates.filter(({ state }) => state === 'whole').map(({ name }) => name);
    const staying = new Set([right, ...whole.slice(0, keep), ...spared]);
    const going = candidates
      .filter(({ name, state }) => state !== 'unknown' && !staying.has(name))
      .map(({ name }) => join(path, name));
    for (const each of going) await removeCheckpoint(each);
    return going;
  } catch (error) {
    if (isCantripError(error)) throw error;
    throw unwritten(
      path,
      `cannot be tidied up: ${reasonOf(error)}`,
      'Check whether this process may write there',
      error,
    );
  }
}

async function candidateOf(folder: string, name: string): Promise<Candidate> {
  const path = join(folder, name);
  try {
    await verifyFolder(path, 'quickly');
    return { name, state: 'whole' };
  } catch (error) {
    const isKnown = isCantripError(error) && error.code === 'CHECKPOINT_INVALID';
    return { name, state: isKnown && (await holdsOnlyOurs(path)) ? 'broken' : 'unknown' };
  }
}

async function holdsOnlyOurs(path: string): Promise<boolean> {
  const status = await lookAt(path);
  return status?.isDirectory() === true && strangerIn(await namesIn(path)) === undefined;
}

/** The newest one whose files are read and are what was written. */
async function newestRight(folder: string, candidates: readonly Candidate[]): Promise<string | undefined> {
  for (const { name, state } of candidates) {
    if (state !== 'whole') continue;
    try {
      await verifyFolder(join(folder, name), 'wholly');
      return name;
    } catch (error) {
      if (!isCantripError(error)) throw error;
    }
  }
  return undefined;
}

/** Removes a checkpoint. It gets another name first, so that a reader never finds a part of it. */
export async function removeCheckpoint(path: string): Promise<void> {
  const doomed = newBesideName(path, 'removed');
  try {
    await fs.rename(path, doomed.path);
    await removeOrLeave(doomed.path);
  } finally {
    doomed.done();
  }
}
