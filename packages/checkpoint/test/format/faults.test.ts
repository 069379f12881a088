import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  checkpointName,
  newestCheckpoint,
  pruneCheckpoints,
  readCheckpoint,
  writeCheckpoint,
} from '@cantrip/checkpoint';
import { isCantripError } from '@cantrip/errors';
import { describe, expect, it } from 'vitest';
import { bitsOf } from './fixtures/bits-of.ts';
import { inFolder } from './fixtures/in-folder.ts';
import { type Fault, type Operation, patchFiles } from './fixtures/patched-files.ts';
import { savedRun } from './fixtures/saved-run.ts';

/** Does something while files fail; its error if it ends in one. */
async function failing(
  decide: (operation: Operation) => Fault,
  work: () => Promise<unknown>,
): Promise<unknown> {
  const end = patchFiles(decide);
  try {
    await work();
    return undefined;
  } catch (error) {
    return error;
  } finally {
    end();
  }
}

async function operationsOf(work: () => Promise<unknown>): Promise<number> {
  let most = 0;
  const count = ({ number }: Operation): Fault => {
    most = number;
    return undefined;
  };
  expect(await failing(count, work)).toBeUndefined();
  return most;
}

const codes = ['ENOSPC', 'EIO', 'EACCES'];

const one = join('inner', checkpointName(2));

const works: Readonly<Record<string, (folder: string) => Promise<unknown>>> = {
  'writing a new checkpoint': (folder) => writeCheckpoint(join(folder, one), savedRun(2, 'plain')),
  'replacing a checkpoint': (folder) => writeCheckpoint(join(folder, 'latest'), savedRun(2, 'plain')),
  'removing old checkpoints': (folder) => pruneCheckpoints(folder, { keep: 1, spare: [] }),
};

/** A folder with two checkpoints and another that will be replaced. */
async function prepare(folder: string): Promise<void> {
  for (const step of [0, 1])
    await writeCheckpoint(join(folder, checkpointName(step)), savedRun(step, 'plain'));
  await writeCheckpoint(join(folder, 'latest'), savedRun(1, 'plain'));
}

describe('where any one operation on files fails', () => {
  for (const [name, work] of Object.entries(works)) {
    it(`${name} ends well or in our error, and the earlier checkpoints are whole`, async () => {
      const operations = await inFolder(async (folder) => {
        await prepare(folder);
        return await operationsOf(() => work(folder));
      });
      let refused = 0;
      for (let number = 1; number <= operations; number++) {
        await inFolder(async (folder) => {
          const code = codes[number % codes.length]!;
          await prepare(folder);
          const error = await failing(
            (operation) => (operation.number === number ? { code } : undefined),
            () => work(folder),
          );
          if (error !== undefined) {
            refused++;
            expect(isCantripError(error) && error.code).toMatch(/^CHECKPOINT_(WRITE|READ)$/);
            expect((error as Error).message).toContain(`(${code})`);
          }
          const { found, passedOver } = await newestCheckpoint(folder);
          expect(passedOver).toEqual([]);
          expect(bitsOf(found!.saved)).toEqual(bitsOf(savedRun(1, 'plain')));
          const { snapshot } = await readCheckpoint(join(folder, 'latest'));
          expect([1, 2]).toContain(snapshot.position.step);
          await work(folder);
          await pruneCheckpoints(folder, { keep: 1, spare: [] });
          expect(readdirSync(folder).filter((each) => each.startsWith('.'))).toEqual([]);
        });
      }
      // Some operations may fail without harm, e.g. the removal of a leftover.
      expect(refused).toBeGreaterThan(2);
    });
  }

  it('reading ends in our error, and the newest checkpoint is the one before', async () => {
    await inFolder(async (folder) => {
      await prepare(folder);
      const path = join(folder, checkpointName(1));
      const operations = await operationsOf(() => readCheckpoint(path));
      for (let number = 1; number <= operations; number++) {
        const error = await failing(
          (operation) => (operation.number === number ? { code: 'EIO' } : undefined),
          () => readCheckpoint(path),
        );
        if (error === undefined) continue;
        expect(error).toMatchObject({
          code: 'CHECKPOINT_READ',
          what: `${path} cannot be read: the disk reported an error (EIO)`,
        });
      }
      const { found, passedOver } = await (async () => {
        const end = patchFiles((operation) =>
          operation.name === 'read' && operation.path.startsWith(path) ? { code: 'EIO' } : undefined,
        );
        try {
          return await newestCheckpoint(folder);
        } finally {
          end();
        }
      })();
      expect(found?.path).toBe(join(folder, checkpointName(0)));
      expect(passedOver).toEqual([{ path, why: `${path} cannot be read: the disk reported an error (EIO)` }]);
    });
  });
});

describe('a disk', () => {
  it('that takes one byte at a time gets the same checkpoint', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'slow');
      const error = await failing(
        ({ name }) => (name === 'write' ? 'short' : undefined),
        () => writeCheckpoint(path, savedRun(1, 'plain')),
      );
      expect(error).toBeUndefined();
      expect(bitsOf(await readCheckpoint(path))).toEqual(bitsOf(savedRun(1, 'plain')));
    });
  });

  it('that gives one byte at a time is read', async () => {
    await inFolder(async (folder) => {
      const { path } = await writeCheckpoint(join(folder, 'slow'), savedRun(1, 'plain'));
      const error = await failing(
        ({ name }) => (name === 'read' ? 'short' : undefined),
        async () => expect(await readCheckpoint(path)).toStrictEqual(savedRun(1, 'plain')),
      );
      expect(error).toBeUndefined();
    });
  });

  it('that is full is named in one sentence, which says what to do', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'full');
      const error = await failing(
        ({ name }) => (name === 'sync' ? { code: 'ENOSPC' } : undefined),
        () => writeCheckpoint(path, savedRun(1, 'plain')),
      );
      expect((error as Error).message).toBe(
        `[checkpoint] ${path} cannot be written: the disk is full (ENOSPC). ` +
          'Free some space, or keep fewer checkpoints. (CHECKPOINT_WRITE)',
      );
      expect(readdirSync(folder)).toEqual([]);
    });
  });
});

describe('what is at a path and is no checkpoint', () => {
  it('is not replaced: a file, a folder with something in it, a checkpoint with a note', async () => {
    await inFolder(async (folder) => {
      writeFileSync(join(folder, 'file'), 'mine');
      mkdirSync(join(folder, 'photos'));
      writeFileSync(join(folder, 'photos', 'cat.jpg'), '');
      await writeCheckpoint(join(folder, 'one'), savedRun(1, 'plain'));
      writeFileSync(join(folder, 'one', 'note.txt'), 'the good one');
      const write = (name: string): Promise<unknown> =>
        writeCheckpoint(join(folder, name), savedRun(2, 'plain'));
      await expect(write('file')).rejects.toThrow('is a file or a link, which is not replaced');
      await expect(write('photos')).rejects.toThrow('holds cat.jpg, so it is not replaced by a checkpoint');
      await expect(write('one')).rejects.toThrow('holds note.txt, so it is not replaced by a checkpoint');
      await expect(write(join('file', 'below'))).rejects.toThrow(
        'cannot be written: a part of the path is no folder (ENOTDIR)',
      );
      expect(readdirSync(folder).sort()).toEqual(['file', 'one', 'photos']);
    });
  });
});
