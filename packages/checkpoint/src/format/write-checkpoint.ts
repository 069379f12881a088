import fs from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { isCantripError } from '@cantrip/errors';
import { syncFolder, writeSynced } from '@cantrip/file-lock';
import { checkPath } from './check-path.ts';
import { codeOf, reasonOf, unwritten } from './content/checkpoint-errors.ts';
import { encodeRun } from './content/encode-run.ts';
import { newBesideName } from './folder/beside-name.ts';
import { removeLeftovers, removeOrLeave } from './folder/leftovers.ts';
import { lookAt, namesIn } from './folder/look-at.ts';
import { putInPlace } from './folder/put-in-place.ts';
import { strangerIn, verifyFolder } from './folder/read-folder.ts';
import {
  fileNames,
  formatVersion,
  type Manifest,
  manifestName,
  manifestText,
  mostManifestBytes,
} from './content/manifest.ts';
import { checkSavedRun, type SavedRun } from './content/saved-run.ts';

/** What was written. */
export interface WrittenCheckpoint {
  /** The folder, as an absolute path. */
  readonly path: string;
  /** The bytes of all its files. */
  readonly bytes: number;
}

/**
 * Writes one checkpoint folder so that a reader finds all of it or nothing, also after a kill or a loss of power.
 *
 * The files are written to a new folder beside the path, each is waited for until the disk has it, the manifest last. Then the
 * folder is renamed. A checkpoint that is at the path is replaced as a whole; until then it is found. One with the same content stays
 * as it is.
 *
 * The snapshot must not be changed before the promise is fulfilled.
 *
 * @param path - of the checkpoint; folders above it are created
 * @returns the absolute path, and the bytes of all files
 * @throws CantripError CHECKPOINT_WRITE, and what was at the path is untouched; OPTION_INVALID
 * @example
 * ```ts
 * const snapshot = await trainer.save();
 * await writeCheckpoint('runs/mnist/step-0000001200', { snapshot, description: { model: 'two dense layers' } });
 * ```
 */
export async function writeCheckpoint(path: string, saved: SavedRun): Promise<WrittenCheckpoint> {
  checkPath('writeCheckpoint', path);
  checkSavedRun('writeCheckpoint', saved);
  const encoded = encodeRun('writeCheckpoint', saved);
  const target = resolve(path);
  const unfinished = newBesideName(target, 'unfinished');
  try {
    await refuseOthers(target);
    await makeFolder(dirname(target));
    await fs.mkdir(unfinished.path);
    const { files } = encoded;
    const { step, ...told } = encoded.manifest;
    const weights = await writeSynced(join(unfinished.path, fileNames.weights), files.weights);
    const state = await writeSynced(join(unfinished.path, fileNames.state), files.state);
    const manifest: Manifest = {
      format: 'cantrip-checkpoint',
      version: formatVersion,
      written: new Date().toISOString(),
      // In the order in which it is read, so that two manifests can be compared as texts.
      step,
      files: { [fileNames.weights]: weights, [fileNames.state]: state },
      ...told,
    };
    const text = textOf(target, manifest);
    await writeSynced(join(unfinished.path, manifestName), [text]);
    await syncFolder(unfinished.path);
    if (!(await holdsTheSame(target, manifest))) await putInPlace(unfinished.path, target);
    await removeLeftovers(dirname(target), false, (base) => base === basename(target)).catch(() => undefined);
    return { path: target, bytes: weights.bytes + state.bytes + text.length };
  } catch (error) {
    if (isCantripError(error)) throw error;
    throw unwritten(target, `cannot be written: ${reasonOf(error)}`, fixFor(error), error);
  } finally {
    await removeOrLeave(unfinished.path);
    unfinished.done();
  }
}

/** Only a checkpoint may be replaced, and nothing that someone put into it. */
async function refuseOthers(target: string): Promise<void> {
  const status = await lookAt(target);
  if (!status) return;
  const fix = 'Choose another path, or move away what is there';
  if (!status.isDirectory()) throw unwritten(target, 'is a file or a link, which is not replaced', fix);
  const names = await namesIn(target);
  const stranger = strangerIn(names);
  if (stranger !== undefined)
    throw unwritten(target, `holds ${stranger}, so it is not replaced by a checkpoint`, fix);
}

/** Creates a folder with those above it, and waits until the disk has their names. */
async function makeFolder(folder: string): Promise<void> {
  const first = await fs.mkdir(folder, { recursive: true });
  if (first === undefined) return;
  for (let made = folder; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made));
}

function textOf(target: string, manifest: Manifest): Uint8Array {
  const text = Buffer.from(manifestText(manifest));
  if (text.length <= mostManifestBytes) return text;
  const fix = 'Keep large values of a plugin as variables, not in its state';
  throw unwritten(
    target,
    `cannot be written: its manifest has ${text.length} bytes, at most ${mostManifestBytes} are read`,
    fix,
  );
}

/** Whether a checkpoint is whole, and holds the same but for the time. */
async function holdsTheSame(target: string, manifest: Manifest): Promise<boolean> {
  if (!(await lookAt(target))) return false;
  try {
    const there = await verifyFolder(target, 'wholly');
    return manifestText({ ...there, written: manifest.written }) === manifestText(manifest);
  } catch (error) {
    // What is not whole is replaced.
    if (isCantripError(error)) return false;
    throw error;
  }
}

function fixFor(error: unknown): string {
  const code = codeOf(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'Free some space, or keep fewer checkpoints';
  if (['EACCES', 'EPERM', 'EROFS'].includes(code)) return 'Choose a folder that this process may write to';
  return 'Check the disk and the path';
}
