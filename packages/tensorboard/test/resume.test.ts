import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL, fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import { checkpoint } from '@cantrip/checkpoint';
import { presentWays, tinyData } from '@cantrip/testing';
import type { AnyPlugin, SettledContext } from '@cantrip/trainer';
import { describe, expect, it } from 'vitest';
import { tensorBoard } from '../src/index.ts';
import { type DrawnRun, drawnIn, inFolder, python } from './peer/read-events.ts';

const { tinyTrainer } = (await presentWays())[0]!;
const validation = tinyData({ examples: 9 });
const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** Steps by tag, of what does not depend on the time. */
const stepsOf = ({ scalars, histograms }: DrawnRun): Readonly<Record<string, readonly number[]>> => ({
  ...Object.fromEntries(
    Object.entries(scalars)
      .filter(([tag]) => tag !== 'batch_steps_per_second')
      .map(([tag, points]) => [tag, points.map(([step]) => step)]),
  ),
  ...Object.fromEntries(Object.entries(histograms).map(([tag, all]) => [tag, all.map(({ step }) => step)])),
});

const valuesOf = (drawn: Readonly<Record<string, DrawnRun>>): unknown =>
  Object.entries(drawn).map(([run, { scalars, histograms }]) => [
    run,
    { ...scalars, batch_steps_per_second: [], histograms },
  ]);

/** Ends the run as a process that is killed: nothing is told of the end. The checkpoint is that of the given moment. */
const endsAt = (after: SettledContext['after'], last: number): AnyPlugin => ({
  name: 'ends',
  onSettled(context: SettledContext) {
    if (context.after === after && context.step === last) throw new Error('a test ends the run');
  },
});

describe.skipIf(!python)('a run that goes on', () => {
  // 3 steps an epoch. Saved after a step, also the last one of an epoch, whose figures are written again then.
  it.each([
    ['within an epoch', 2, 'step', 5],
    ['after the last step of an epoch, before its figures', 3, 'step', 6],
    ['after the last step of an epoch, and ends after its figures', 3, 'epoch', 6],
    ['after an epoch', '1ep', 'step', 8],
    ['after an epoch, and ends at once', '1ep', 'epoch', 6],
  ] as const)('draws each step once when it was saved %s', (_, every, after, last) =>
    inFolder(async (folder) => {
      const board = (name: string): AnyPlugin =>
        tensorBoard({ folder: join(folder, name), every: 1, histograms: { every: 1 } });
      const whole = tinyTrainer([board('whole')]);
      await whole.fit(tinyData(), { epochs: 4, validation });
      whole.dispose();
      const saved = (): AnyPlugin => checkpoint({ folder: `${folder}-saved`, every });
      const first = tinyTrainer([board('parts'), saved(), endsAt(after, last)]);
      await expect(first.fit(tinyData(), { epochs: 4, validation })).rejects.toThrow('a test ends the run');
      first.dispose();
      const second = tinyTrainer([board('parts'), saved(), { name: 'ends' }]);
      await second.fit(tinyData(), { epochs: 4, validation, resume: 'auto' });
      second.dispose();
      const drawn = drawnIn(join(folder, 'parts'));
      expect(valuesOf(drawn)).toEqual(valuesOf(drawnIn(join(folder, 'whole'))));
      expect(drawn['steps']!.scalars['batch_loss']!.map(([step]) => step)).toEqual(
        Array.from({ length: 12 }, (_, index) => index + 1),
      );
      expect(drawn['validation']!.scalars['epoch_loss']!.map(([step]) => step)).toEqual([3, 6, 9, 12]);
      // Finished, although the first part failed.
      expect(drawn['.']!.hparams['status']).toBe(1);
    }),
  );

  it('is begun anew in the same folder: the earlier curves are gone, and the log says so', () =>
    inFolder(async (folder) => {
      const said: string[] = [];
      for (const epochs of [3, 1]) {
        const trainer = tinyTrainer([tensorBoard({ folder, every: 1 })], {
          log: (text) => void said.push(text),
        });
        await trainer.fit(tinyData(), { epochs });
        trainer.dispose();
      }
      const drawn = drawnIn(folder);
      expect(drawn['steps']!.scalars['batch_loss']!.map(([step]) => step)).toEqual([1, 2, 3]);
      expect(drawn['train']!.scalars['epoch_loss']!.map(([step]) => step)).toEqual([3]);
      expect(said.filter((text) => text.startsWith('[tensorboard]'))).toEqual([
        `[tensorboard] ${folder} has events of an earlier run. TensorBoard will draw this run instead of it.`,
      ]);
    }));

  it('draws each step once after it was killed again and again', () =>
    inFolder(async (folder) => {
      const program = fileURLToPath(new URL('./programs/train-until-killed.ts', import.meta.url));
      const args = (...rest: string[]): string[] => [
        '--conditions=@cantrip/source',
        `--import=${tsx}`,
        program,
        folder,
        ...rest,
      ];
      const checkpoints = join(folder, 'checkpoints');
      const newest = (): string =>
        existsSync(checkpoints)
          ? (readdirSync(checkpoints)
              .filter((name) => /^step-\d+$/.test(name))
              .sort()
              .at(-1) ?? '')
          : '';
      for (let time = 0; time < 3; time++) {
        const before = newest();
        const child = spawn(process.execPath, args('15'), { stdio: 'ignore' });
        const closed = new Promise((resolve) => child.on('close', resolve));
        // Two checkpoints further.
        for (let seen = 0, last = before; seen < 2 && child.exitCode === null;) {
          await pause(5);
          if (newest() !== last) [seen, last] = [seen + 1, newest()];
        }
        await pause(7 * time);
        child.kill('SIGKILL');
        await closed;
      }
      const { status, stdout, stderr } = spawnSync(process.execPath, args('0'), { encoding: 'utf8' });
      expect(status, stderr).toBe(0);
      const epochs = JSON.parse(stdout.trim().split('\n').at(-1)!) as Readonly<Record<string, number>>[];
      const drawn = drawnIn(join(folder, 'board'));
      const all = Array.from({ length: 36 }, (_, index) => index + 1);
      for (const [tag, steps] of Object.entries(stepsOf(drawn['steps']!)))
        expect(steps, tag).toEqual(tag.startsWith('weights') ? all.filter((step) => step % 2 === 0) : all);
      for (const [run, name] of [
        ['train', 'loss'],
        ['validation', 'validation_loss'],
      ] as const)
        expect(drawn[run]!.scalars['epoch_loss']).toEqual(
          epochs.map((logs, index) => [3 * (index + 1), Math.fround(logs[name]!)]),
        );
    }));
});
