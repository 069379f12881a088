import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import {
  checkpointName,
  newestCheckpoint,
  ownFolder,
  pruneCheckpoints,
  readCheckpoint,
  writeCheckpoint,
} from '@cantrip/checkpoint';
import { describe, expect, it } from 'vitest';
import { bundled } from './fixtures/bundled.ts';
import { contentOf, manifestOf } from './fixtures/checkpoint-files.ts';
import { inFolder } from './fixtures/in-folder.ts';
import { savedRun } from './fixtures/saved-run.ts';

async function writeSteps(folder: string, steps: readonly number[]): Promise<void> {
  for (const step of steps)
    await writeCheckpoint(join(folder, checkpointName(step)), savedRun(step, 'plain'));
}

const stepsIn = (folder: string): readonly number[] =>
  readdirSync(folder)
    .filter((name) => name.startsWith('step-'))
    .map((name) => Number(name.slice(5)))
    .sort((left, right) => left - right);

function flipLastBit(file: string): void {
  const bytes = readFileSync(file);
  bytes[bytes.length - 1]! ^= 1;
  writeFileSync(file, bytes);
}

describe('pruneCheckpoints', () => {
  it('keeps those of the highest steps and the ones that are named, in whatever order they were written', async () => {
    await inFolder(async (folder) => {
      await writeSteps(folder, [1000, 2, 10, 9, 100]);
      const removed = await pruneCheckpoints(folder, { keep: 2, spare: [join(folder, checkpointName(9))] });
      expect(removed).toEqual([10, 2].map((step) => join(folder, checkpointName(step))));
      expect(stepsIn(folder)).toEqual([9, 100, 1000]);
    });
  });

  it('keeps the newest right one, also where it is the only one and newer ones are broken in a bit', async () => {
    await inFolder(async (folder) => {
      await writeSteps(folder, [1, 2, 3, 4]);
      for (const step of [3, 4]) flipLastBit(join(folder, checkpointName(step), 'weights.safetensors'));
      await pruneCheckpoints(folder, { keep: 1, spare: [] });
      expect(stepsIn(folder)).toEqual([2, 4]);
      expect((await newestCheckpoint(folder)).found?.saved).toStrictEqual(savedRun(2, 'plain'));
    });
  });

  it('removes nothing where no checkpoint is right', async () => {
    await inFolder(async (folder) => {
      await writeSteps(folder, [1, 2]);
      for (const step of [1, 2]) flipLastBit(join(folder, checkpointName(step), 'state.safetensors'));
      expect(await pruneCheckpoints(folder, { keep: 1, spare: [] })).toEqual([]);
      expect(stepsIn(folder)).toEqual([1, 2]);
    });
  });

  it('removes what is not whole, but not what holds other files or is of a newer release', async () => {
    await inFolder(async (folder) => {
      await writeSteps(folder, [1, 2, 3, 4]);
      rmSync(join(folder, checkpointName(1), 'manifest.json'));
      writeFileSync(join(folder, checkpointName(2), 'note.txt'), 'mine');
      const manifest = join(folder, checkpointName(3), 'manifest.json');
      const content = contentOf(readFileSync(manifest)).replace('"version": 1', '"version": 2');
      writeFileSync(manifest, manifestOf(content));
      await pruneCheckpoints(folder, { keep: 1, spare: [] });
      expect(stepsIn(folder)).toEqual([2, 3, 4]);
      expect(readFileSync(join(folder, checkpointName(2), 'note.txt'), 'utf8')).toBe('mine');
    });
  });

  it('leaves other files and folders alone, and does nothing where there is no folder', async () => {
    await inFolder(async (folder) => {
      await writeSteps(folder, [1, 2]);
      mkdirSync(join(folder, 'step-1'));
      mkdirSync(join(folder, '.hidden.unfinished'));
      writeFileSync(join(folder, 'log.txt'), '');
      await pruneCheckpoints(folder, { keep: 1, spare: [] });
      expect(readdirSync(folder).sort()).toEqual([
        '.hidden.unfinished',
        'log.txt',
        'step-0000000002',
        'step-1',
      ]);
      expect(await pruneCheckpoints(join(folder, 'none'), { keep: 1, spare: [] })).toEqual([]);
    });
  });

  it('removes leftovers of a process of another machine only where this process owns the folder', async () => {
    await inFolder(async (folder) => {
      await writeSteps(folder, [1]);
      const left = join(folder, '.step-0000000002.7-1-aaaaaaaa-bbbbbbbb-cccccccc.0123abcd.unfinished');
      cpSync(join(folder, checkpointName(1)), left, { recursive: true });
      await pruneCheckpoints(folder, { keep: 1, spare: [] });
      expect(existsSync(left)).toBe(true);
      const owner = ownFolder(folder);
      await pruneCheckpoints(folder, { keep: 1, spare: [] });
      owner.release();
      expect(existsSync(left)).toBe(false);
    });
  });
});

describe('a checkpoint that is replaced', () => {
  it('is read as the old or the new one at each instant, and never goes back', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'latest');
      await writeCheckpoint(path, savedRun(0, 'plain'));
      let done = false;
      const write = async (): Promise<void> => {
        for (let step = 1; step <= 60; step++) await writeCheckpoint(path, savedRun(step, 'plain'));
        done = true;
      };
      const seen: number[] = [];
      const read = async (): Promise<void> => {
        while (!done) {
          const saved = await readCheckpoint(path);
          const { step } = saved.snapshot.position;
          expect(saved).toStrictEqual(savedRun(step, 'plain'));
          seen.push(step);
        }
      };
      await Promise.all([write(), read()]);
      expect(seen).toEqual([...seen].sort((left, right) => left - right));
      expect(new Set(seen).size).toBeGreaterThan(5);
    });
  });

  it('is looked for again where nothing was found, since two replacements may be met one after the other', async () => {
    await inFolder(async (folder) => {
      const [path, away] = [join(folder, 'latest'), join(folder, 'elsewhere')];
      await writeCheckpoint(path, savedRun(5, 'plain'));
      renameSync(path, away);
      setTimeout(() => renameSync(away, path), 3);
      expect(await readCheckpoint(path)).toStrictEqual(savedRun(5, 'plain'));
    });
  });

  it('by several at once holds what one of them wrote, and nothing is left', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'latest');
      await Promise.all([1, 2, 3, 4].map((step) => writeCheckpoint(path, savedRun(step, 'plain'))));
      const saved = await readCheckpoint(path);
      expect(saved).toStrictEqual(savedRun(saved.snapshot.position.step, 'plain'));
      expect(readdirSync(folder)).toEqual(['latest']);
    });
  });

  it('may be a broken one, which the run has reached again', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, checkpointName(5));
      await writeCheckpoint(path, savedRun(5, 'plain'));
      rmSync(join(path, 'manifest.json'));
      await writeCheckpoint(path, savedRun(5, 'plain'));
      expect(await readCheckpoint(path)).toStrictEqual(savedRun(5, 'plain'));
    });
  });
});

describe('a folder has one owner', () => {
  const lineOf = async (child: ChildProcess): Promise<string> =>
    String((await once(child.stdout!, 'data'))[0]).trim();

  it('a second process is told the number of the first, and takes over when that is dead', async () => {
    await inFolder(async (outer) => {
      const program = await bundled('hold-folder', outer);
      const folder = join(outer, 'runs', 'mnist');
      const start = (): ChildProcess =>
        spawn(process.execPath, [program, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
      const first = start();
      expect(await lineOf(first)).toBe('owned');
      const told = `[checkpoint] ${folder} is in use by process ${first.pid} since `;
      expect(await lineOf(start())).toContain(told);
      expect(() => ownFolder(folder)).toThrow(told);
      first.kill('SIGKILL');
      await once(first, 'exit');
      const owner = ownFolder(folder);
      expect(await lineOf(start())).toContain(`is in use by process ${process.pid} since `);
      owner.release();
    });
  });

  it('a second run of this process is refused, until the first one lets go', async () => {
    await inFolder(async (folder) => {
      const owner = ownFolder(folder);
      expect(() => ownFolder(folder)).toThrow('is in use by another run of this process since ');
      owner.release();
      owner.release();
      ownFolder(folder).release();
      expect(readdirSync(folder)).toEqual([]);
    });
  });

  it('a path that cannot be a folder is refused in one sentence', async () => {
    await inFolder(async (folder) => {
      writeFileSync(join(folder, 'file'), '');
      expect(() => ownFolder(join(folder, 'file', 'below'))).toThrow(
        'cannot be used for checkpoints: a part of the path is no folder (ENOTDIR)',
      );
    });
  });
});
