import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CantripError } from '@cantrip/errors';
import type { RunStore } from '@cantrip/trainer';
import { codes } from '../error-codes.ts';
import type { SavedRun } from '../format/content/saved-run.ts';
import { newestCheckpoint } from '../format/newest-checkpoint.ts';
import { readCheckpoint } from '../format/read-checkpoint.ts';
import { writeCheckpoint } from '../format/write-checkpoint.ts';
import { versionsWith } from './versions-with.ts';

/** Keeps runs in folders, and remembers which broken checkpoints were passed over. */
export interface FolderStore extends RunStore {
  /** The paths of checkpoints that the last `load` passed over, because they are not whole. */
  passedOver(): ReadonlySet<string>;
}

/** The store of a folder of checkpoints. */
export function folderStore(folder: string): FolderStore {
  let passed: ReadonlySet<string> = new Set();

  async function newest(where: string, log: (message: string) => void): Promise<SavedRun | undefined> {
    const { found, passedOver } = await newestCheckpoint(where);
    passed = new Set(passedOver.map(({ path }) => path));
    for (const { path, why } of passedOver) log(`[checkpoint] ${path} is passed over: ${why}.`);
    if (found) log(`[checkpoint] goes on with ${found.path}.`);
    else if (passedOver.length > 0) throw noneWhole(where, passedOver.length);
    return found?.saved;
  }

  return {
    passedOver: () => passed,
    async save(path, saved) {
      await writeCheckpoint(path, saved);
    },
    async load(from, log) {
      if (from === 'auto') return newest(folder, log);
      if (statSync(from, { throwIfNoEntry: false })?.isFile()) throw isFile(from);
      if (existsSync(join(from, 'manifest.json'))) return readCheckpoint(from);
      const saved = await newest(from, log);
      if (!saved) throw nothingIn(from);
      return saved;
    },
    versions: versionsWith,
  };
}

function noneWhole(folder: string, count: number): CantripError {
  return new CantripError(codes.CHECKPOINT_INVALID, {
    who: 'checkpoint',
    what: `${folder} has ${count === 1 ? 'a checkpoint, which is' : `${count} checkpoints, and all are`} broken; the log says how`,
    fix: 'Restore the folder from a copy, or begin anew without resume in another folder',
  });
}

function nothingIn(path: string): CantripError {
  return new CantripError(codes.CHECKPOINT_READ, {
    who: 'checkpoint',
    what: `${path} is no checkpoint and holds none`,
    fix: "Pass the path of a checkpoint or of its folder, or resume: 'auto', which begins a new run if there is none",
  });
}

function isFile(path: string): CantripError {
  return new CantripError(codes.CHECKPOINT_READ, {
    who: 'checkpoint',
    what: `${path} is a file, but a checkpoint is a folder`,
    fix: 'Pass the path of the folder',
  });
}
