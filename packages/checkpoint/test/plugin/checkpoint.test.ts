import { rmSync, truncateSync, writeFileSync } from 'node:fs';
import fs from 'node:fs/promises';
import { join } from 'node:path';
import { sgd } from '@cantrip/optimizers';
import { presentWays, tinyData } from '@cantrip/testing';
import type { AnyPlugin, Plugin } from '@cantrip/trainer';
import { describe, expect, it, vi } from 'vitest';
import { checkpoint, type CheckpointOptions, checkpointName } from '../../src/index.ts';
import { inFolder, stepsIn } from './in-folder.ts';

const ways = await presentWays();
const { tinyTrainer } = ways[0]!;
const validation = tinyData({ examples: 9 });

const counting: Plugin<{ steps: number }> = {
  name: 'counting',
  state: () => ({ steps: 0 }),
  onStepEnd: ({ state }) => void (state.steps += 1),
};

const stoppingAt = (last: number): AnyPlugin => ({
  name: 'stopping',
  onStepEnd: ({ run, step }) => (step === last ? run.stop('enough') : undefined),
});

describe.each(ways)('checkpoint $name', ({ tinyTrainer: make }) => {
  it.each([1, 4, 6])('another trainer goes on after step %d to the same bits', (step) =>
    inFolder(async (folder) => {
      const whole = make([checkpoint({ folder: `${folder}-whole` }), stoppingAt(100), counting]);
      const all = await whole.fit(tinyData(), { epochs: 3, validation });
      const first = make([checkpoint({ folder }), stoppingAt(step), counting]);
      await first.fit(tinyData(), { epochs: 3, validation, resume: 'auto' });
      first.dispose();
      const second = make([checkpoint({ folder }), stoppingAt(100), counting]);
      const { earlier, epochs } = await second.fit(tinyData(), { epochs: 3, validation, resume: 'auto' });
      expect([...earlier, ...epochs]).toEqual(all.epochs);
      expect(await second.save()).toEqual(await whole.save());
      for (const trainer of [whole, second]) trainer.dispose();
    }),
  );
});

/** Steps of a tiny network take less time than the disk. */
const waitingFor = (plugin: ReturnType<typeof checkpoint>): AnyPlugin => ({
  name: 'waiting',
  onStepBegin: ({ run }) => run.use(plugin).written(),
  onEpochBegin: ({ run }) => run.use(plugin).written(),
});

/** Trains three epochs of three steps, and returns the steps that are kept. */
async function kept(folder: string, options: Partial<CheckpointOptions>, plugins: readonly AnyPlugin[] = []) {
  const plugin = checkpoint({ folder, keep: 100, ...options });
  const trainer = tinyTrainer([plugin, waitingFor(plugin), ...plugins]);
  const { run } = await trainer.open();
  await trainer.fit(tinyData(), { epochs: 3, validation });
  const api = run.use(plugin);
  const result = { steps: stepsIn(folder), newest: api.newest(), best: api.best(), failures: api.failures() };
  trainer.dispose();
  return result;
}

describe('what is saved', () => {
  it.each([
    [undefined, [3, 6, 9]],
    [2, [2, 4, 6, 8, 9]],
    ['2', [2, 4, 6, 8, 9]],
    ['2ep', [6, 9]],
    ['0.5ep', [2, 3, 5, 6, 8, 9]],
    ['50%', [5, 9]],
    ['1h', [9]],
    ['0.000001s', [1, 2, 3, 4, 5, 6, 7, 8, 9]],
  ] as const)('with every: %s, and the end', (every, steps) =>
    inFolder(async (folder) => {
      expect((await kept(folder, every === undefined ? {} : { every })).steps).toEqual(steps);
    }),
  );

  it('keeps the newest and the best', () =>
    inFolder(async (folder) => {
      // The figure is best in the first epoch.
      const rising: AnyPlugin = {
        name: 'rising',
        scheduleLearningRate: (rate, { step }) => (step < 3 ? rate : 0),
      };
      const best = { metric: 'validation_loss', mode: 'min' } as const;
      const { steps, best: path, newest } = await kept(folder, { every: 1, keep: 2, best }, [rising]);
      expect(path).toMatch(/step-\d+$/);
      const bestStep = Number(path!.slice(-10));
      expect(steps).toEqual([...new Set([bestStep, 8, 9])].sort((a, b) => a - b));
      expect(newest).toBe(join(folder, checkpointName(9)));
    }));

  it('keeps the best validation within an epoch, and takes no epoch without one for it', () =>
    inFolder(async (folder) => {
      const measured: [number, number][] = [];
      const note: AnyPlugin['onValidated'] = ({ step, logs }) =>
        void (logs['validation_loss'] !== undefined && measured.push([step, logs['validation_loss']]));
      const best = { metric: 'validation_loss', mode: 'min' } as const;
      const plugin = checkpoint({ folder, every: '100%', keep: 1, best });
      const trainer = tinyTrainer(
        [plugin, waitingFor(plugin), { name: 'notes', onValidated: note, onEpochEnd: note }],
        { optimizer: sgd({ learningRate: 0.9 }) },
      );
      const { run } = await trainer.open();
      await trainer.fit(tinyData({ examples: 20, batch: 4 }), { epochs: 3, validation, validateEvery: 2 });
      expect(measured.map(([step]) => step)).toEqual([2, 4, 6, 8, 10, 12, 14]);
      const [bestStep] = measured.reduce((least, one) => (one[1] < least[1] ? one : least));
      expect(run.use(plugin).best()).toBe(join(folder, checkpointName(bestStep)));
      expect(stepsIn(folder)).toEqual([...new Set([bestStep, 15])]);
      expect(run.use(plugin).failures()).toEqual([]);
      trainer.dispose();
    }));

  it('keeps the best one of the run before a resume', () =>
    inFolder(async (folder) => {
      const plugin = () => checkpoint({ folder, every: 1, keep: 1, best: { metric: 'loss', mode: 'max' } });
      const first = tinyTrainer([plugin(), stoppingAt(5)]);
      await first.fit(tinyData(), { epochs: 3 });
      first.dispose();
      expect(stepsIn(folder)).toEqual([3, 5]);
      const second = tinyTrainer([plugin(), stoppingAt(100)]);
      await second.fit(tinyData(), { epochs: 3, resume: 'auto' });
      second.dispose();
      expect(stepsIn(folder)).toEqual([3, 9]);
    }));

  it('has a new best one after a resume if someone removed the old one, and says so', () =>
    inFolder(async (folder) => {
      const plugin = () => checkpoint({ folder, every: 1, keep: 1, best: { metric: 'loss', mode: 'max' } });
      const first = tinyTrainer([plugin(), stoppingAt(5)]);
      await first.fit(tinyData(), { epochs: 3 });
      first.dispose();
      rmSync(join(folder, checkpointName(3)), { recursive: true });
      const messages: string[] = [];
      const keeping = plugin();
      const second = tinyTrainer([keeping, stoppingAt(100)], { log: (text) => void messages.push(text) });
      await second.fit(tinyData(), { epochs: 3, resume: 'auto' });
      const { run } = await second.open();
      expect(messages.join()).toContain('the best checkpoint, of step 3, is no longer there');
      expect(run.use(keeping).best()).toBe(join(folder, checkpointName(6)));
      second.dispose();
      expect(stepsIn(folder)).toEqual([6, 9]);
    }));

  it('is nothing of a run that has diverged: the checkpoints before it stay', () =>
    inFolder(async (folder) => {
      const wild: AnyPlugin = {
        name: 'wild',
        scheduleLearningRate: (rate, { step }) => (step < 4 ? rate : 1e30),
      };
      const trainer = tinyTrainer([checkpoint({ folder, every: 1, keep: 2 }), wild]);
      await expect(trainer.fit(tinyData(), { epochs: 3 })).rejects.toThrow(/NaN|Infinity|finite/i);
      trainer.dispose();
      const steps = stepsIn(folder);
      expect(steps.length).toBeGreaterThan(0);
      const again = tinyTrainer([checkpoint({ folder, every: 1, keep: 2 }), { name: 'wild' }]);
      await again.fit(tinyData(), { epochs: 3, resume: 'auto' });
      again.dispose();
    }));

  it('says which figures there are if best names another one, and keeps the epoch', () =>
    inFolder(async (folder) => {
      await expect(kept(folder, { best: { metric: 'val_loss', mode: 'min' } })).rejects.toThrow(
        /best\.metric must be a figure of the logs, got 'val_loss'.*validation_loss/,
      );
      expect(stepsIn(folder)).toEqual([3]);
    }));
});

describe('a folder that is in use', () => {
  it('is refused while another run owns it, and free after its fit', () =>
    inFolder(async (folder) => {
      const second = tinyTrainer([checkpoint({ folder })]);
      const within: AnyPlugin = {
        name: 'within',
        async onStepEnd({ step }) {
          if (step === 1)
            await expect(second.fit(tinyData(), { epochs: 1 })).rejects.toMatchObject({
              code: 'CHECKPOINT_BUSY',
            });
        },
      };
      const first = tinyTrainer([checkpoint({ folder }), within]);
      await first.fit(tinyData(), { epochs: 1 });
      await second
        .fit(tinyData(), { epochs: 2, resume: { from: 'auto', plugins: 'continue' } })
        .catch(() => undefined);
      for (const trainer of [first, second]) trainer.dispose();
    }));

  it('with later checkpoints of another run is refused, or cleared with overwrite', () =>
    inFolder(async (folder) => {
      await kept(folder, {});
      await expect(kept(folder, {})).rejects.toThrow(
        /holds checkpoints of another run up to .*step-0000000009.*resume: 'auto'/,
      );
      const stopped = tinyTrainer([checkpoint({ folder, overwrite: true }), stoppingAt(1)]);
      await stopped.fit(tinyData(), { epochs: 3 });
      stopped.dispose();
      expect(stepsIn(folder)).toEqual([1]);
    }));

  it('goes on within one trainer without a word', () =>
    inFolder(async (folder) => {
      const trainer = tinyTrainer([checkpoint({ folder })]);
      await trainer.fit(tinyData(), { epochs: 1 });
      await trainer.fit(tinyData(), { epochs: 2 });
      trainer.dispose();
      expect(stepsIn(folder)).toEqual([3, 6]);
    }));
});

describe('going on', () => {
  it('passes over broken ones, says so, and replaces them', () =>
    inFolder(async (folder) => {
      await kept(folder, {});
      truncateSync(join(folder, checkpointName(9), 'weights.safetensors'), 10);
      rmSync(join(folder, checkpointName(6), 'manifest.json'));
      const log: string[] = [];
      const trainer = tinyTrainer([checkpoint({ folder }), { name: 'waiting' }], {
        log: (message: string) => void log.push(message),
      });
      const { earlier } = await trainer.fit(tinyData(), { epochs: 3, validation, resume: 'auto' });
      trainer.dispose();
      expect(earlier).toHaveLength(1);
      expect(log.join('\n')).toMatch(
        /step-0000000009 is passed over: .*\n.*step-0000000006 is passed over: .*\n.*goes on with .*step-0000000003/,
      );
      expect(stepsIn(folder)).toEqual([3, 6, 9]);
      const last = tinyTrainer([checkpoint({ folder }), { name: 'waiting' }]);
      expect((await last.fit(tinyData(), { epochs: 3, resume: 'auto' })).earlier).toHaveLength(3);
      last.dispose();
    }));

  it('is refused if all checkpoints are broken', () =>
    inFolder(async (folder) => {
      await kept(folder, {});
      for (const step of [3, 6, 9]) writeFileSync(join(folder, checkpointName(step), 'manifest.json'), '{}');
      const trainer = tinyTrainer([checkpoint({ folder })]);
      await expect(trainer.fit(tinyData(), { epochs: 3, resume: 'auto' })).rejects.toMatchObject({
        code: 'CHECKPOINT_INVALID',
      });
      trainer.dispose();
    }));

  it.each([
    ['a checkpoint', (folder: string) => join(folder, checkpointName(3)), 1],
    ['a folder of checkpoints', (folder: string) => folder, 3],
  ])('takes the path of %s', (_, pathOf, epochs) =>
    inFolder(async (folder) => {
      await kept(folder, {});
      const trainer = tinyTrainer([checkpoint({ folder: `${folder}-2` }), { name: 'waiting' }]);
      const { earlier } = await trainer.fit(tinyData(), { epochs: 4, resume: pathOf(folder) });
      expect(earlier).toHaveLength(epochs);
      trainer.dispose();
    }),
  );

  it('from a file is refused', () =>
    inFolder(async (folder) => {
      await kept(folder, {});
      const trainer = tinyTrainer([checkpoint({ folder }), { name: 'waiting' }]);
      const resume = join(folder, checkpointName(3), 'manifest.json');
      await expect(trainer.fit(tinyData(), { epochs: 3, resume })).rejects.toThrow(
        /manifest\.json is a file, but a checkpoint is a folder/,
      );
      trainer.dispose();
    }));

  it('from a path without a checkpoint is refused', () =>
    inFolder(async (folder) => {
      const trainer = tinyTrainer([checkpoint({ folder })]);
      await expect(trainer.fit(tinyData(), { epochs: 1, resume: `${folder}/none` })).rejects.toMatchObject({
        code: 'CHECKPOINT_READ',
      });
      trainer.dispose();
    }));

  it('compares the versions of packages and the model', () =>
    inFolder(async (folder) => {
      const trainer = tinyTrainer([checkpoint({ folder })]);
      await trainer.fit(tinyData(), { epochs: 1 });
      await trainer.saveTo(`${folder}-copy`);
      trainer.dispose();
      const { readCheckpoint } = await import('../../src/index.ts');
      const { description } = await readCheckpoint(`${folder}-copy`);
      expect(description).toMatchObject({
        plugins: ['tiny-seed', 'checkpoint'],
        library: {
          '@cantrip/trainer': expect.any(String) as string,
          '@cantrip/checkpoint': expect.any(String) as string,
        },
      });
    }));
});

describe('a save that fails', () => {
  it('is reported, the run goes on, and earlier checkpoints stay', () =>
    inFolder(async (folder) => {
      const real = fs.rename.bind(fs);
      let renames = 0;
      const broken = vi.spyOn(fs, 'rename').mockImplementation(async (from, to) => {
        renames += 1;
        if (renames === 2)
          throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
        return real(from, to);
      });
      try {
        const log: string[] = [];
        const plugin = checkpoint({ folder });
        const trainer = tinyTrainer([plugin, waitingFor(plugin)], {
          log: (message: string) => void log.push(message),
        });
        const { run } = await trainer.open();
        await trainer.fit(tinyData(), { epochs: 3 });
        expect(stepsIn(folder)).toEqual([3, 9]);
        expect(run.use(plugin).failures()).toEqual([expect.stringContaining('the disk is full')]);
        expect(log.join('\n')).toMatch(
          /step-0000000006.*the disk is full.*The run goes on; the newest checkpoint is .*step-0000000003/,
        );
        trainer.dispose();
      } finally {
        broken.mockRestore();
      }
    }));

  it('of the best epoch leaves the best one before it', () =>
    inFolder(async (folder) => {
      const real = fs.rename.bind(fs);
      const broken = vi.spyOn(fs, 'rename').mockImplementation(async (from, to) => {
        if ([6, 9].some((step) => String(to).endsWith(checkpointName(step))))
          throw Object.assign(new Error('EIO'), { code: 'EIO' });
        return real(from, to);
      });
      try {
        const { steps, best } = await kept(folder, {
          every: 1,
          keep: 1,
          best: { metric: 'loss', mode: 'min' },
        });
        expect(steps).toEqual([3, 8]);
        expect(best).toBe(join(folder, checkpointName(3)));
      } finally {
        broken.mockRestore();
      }
    }));

  it('by saveTo is an error', () =>
    inFolder(async (folder) => {
      const trainer = tinyTrainer([checkpoint({ folder })]);
      await trainer.fit(tinyData(), { epochs: 1 });
      writeFileSync(`${folder}-file`, '');
      await expect(trainer.saveTo(`${folder}-file/inside`)).rejects.toMatchObject({
        code: 'CHECKPOINT_WRITE',
      });
      trainer.dispose();
    }));
});

it('never writes two at a time, and goes on with the steps meanwhile', () =>
  inFolder(async (folder) => {
    const real = fs.mkdir.bind(fs) as (...call: unknown[]) => Promise<undefined>;
    const order: string[] = [];
    const slow = vi.spyOn(fs, 'mkdir').mockImplementation(async (path, options) => {
      if (String(path).includes('unfinished')) {
        order.push(`write ${/step-0*(\d+)/.exec(String(path))![1]}`);
        await new Promise((done) => setTimeout(done, 150));
        order.push('written');
      }
      return real(path, options);
    });
    const steps: AnyPlugin = { name: 'steps', onStepEnd: ({ step }) => void order.push(`step ${step}`) };
    try {
      const trainer = tinyTrainer([checkpoint({ folder, every: 1, keep: 100 }), steps]);
      await trainer.fit(tinyData(), { epochs: 3 });
      trainer.dispose();
      const written = order.flatMap((one) => (one.startsWith('wri') ? [one] : []));
      for (const [index, one] of written.entries()) expect(one.startsWith('write ')).toBe(index % 2 === 0);
      expect(order.indexOf('step 3')).toBeLessThan(order.indexOf('written'));
      expect(stepsIn(folder).at(-1)).toBe(9);
    } finally {
      slow.mockRestore();
    }
  }));

it.each([
  [{}, /folder/],
  [{ folder: '' }, /folder/],
  [{ folder: 'x', every: 0 }, /every must be a number of steps, epochs/],
  [{ folder: 'x', every: 'often' }, /every must be/],
  [{ folder: 'x', every: '0min' }, /every must be/],
  [{ folder: 'x', keep: 0 }, /keep/],
  [{ folder: 'x', best: { metric: 'loss' } }, /best\.mode/],
  [{ folder: 'x', best: { metric: 'loss', mode: 'auto' } }, /best\.mode/],
  [{ folder: 'x', retain: 3 }, /retain/],
])('checkpoint(%j) is refused', (options, words) => {
  expect(() => checkpoint(options as never)).toThrow(words);
});
