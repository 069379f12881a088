import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { accumulateGradients, sgd } from '@cantrip/optimizers';
import { presentWays, tinyData } from '@cantrip/testing';
import type { AnyPlugin, HostContext, Plugin } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { tensorBoard, type TensorBoardOptions } from '../src/index.ts';
import { drawnIn, inFolder, python } from './peer/read-events.ts';

const ways = await presentWays();
const { tinyTrainer } = ways[0]!;
const validation = tinyData({ examples: 9 });
const growing: Plugin = {
  name: 'growing',
  scheduleScalars: (scalars, { step }) => ({ ...scalars, growth: step / 8 }),
};
const squares = (values: Iterable<number>): number => [...values].reduce((sum, value) => sum + value ** 2, 0);

describe.skipIf(!python).each(ways)('Python’s TensorBoard draws a run $name', ({ tinyTrainer: make }) => {
  it('with the figures that fit returns, and those of each step', () =>
    inFolder(async (folder) => {
      const losses: number[] = [];
      const watching: AnyPlugin = {
        name: 'watching',
        onStepEnd: async ({ loss }: { loss(): Promise<number> }) => void losses.push(await loss()),
      };
      const trainer = make([growing, watching, tensorBoard({ folder, every: 2 })]);
      const { epochs } = await trainer.fit(tinyData(), { epochs: 2, validation });
      trainer.dispose();
      const { steps, train, validation: validated } = drawnIn(folder);
      expect(steps!.scalars['batch_loss']).toEqual([2, 4, 6].map((step) => [step, losses[step - 1]]));
      expect(steps!.scalars['batch_growth']).toEqual([2, 4, 6].map((step) => [step, (step - 1) / 8]));
      expect(steps!.scalars['batch_learning_rate']).toEqual(
        [2, 4, 6].map((step) => [step, Math.fround(0.05)]),
      );
      expect(steps!.scalars['batch_steps_per_second']!.map(([step]) => step)).toEqual([4, 6]);
      for (const name of ['loss', 'accuracy']) {
        const points = (key: string) =>
          epochs.map((logs, index) => [3 * (index + 1), Math.fround(logs[key]!)]);
        expect(train!.scalars[`epoch_${name}`]).toEqual(points(name));
        expect(validated!.scalars[`epoch_${name}`]).toEqual(points(`validation_${name}`));
      }
      expect(train!.scalars['epoch']).toEqual([
        [3, 1],
        [6, 2],
      ]);
    }));

  it.each([1, 2])('with histograms of weights, and of gradients over %d batches', (batches) =>
    inFolder(async (folder) => {
      // Of plain gradient descent, the gradient is what the weights lose, divided by the rate.
      const weights: Readonly<Record<string, Float32Array>>[] = [];
      const watching: AnyPlugin = {
        name: 'watching',
        onStepBegin: ({ run }: HostContext) =>
          void weights.push(
            Object.fromEntries(
              Object.entries(run.variables).map(([name, one]) => [name, Float32Array.from(one.dataSync())]),
            ),
          ),
      };
      const rule = sgd({ learningRate: 0.5 });
      const trainer = make([watching, tensorBoard({ folder, histograms: { every: 2, gradients: true } })], {
        optimizer: batches === 1 ? rule : accumulateGradients(rule, { steps: batches }),
      });
      await trainer.fit(tinyData({ batch: 4 }), { epochs: batches });
      trainer.dispose();
      const { histograms } = drawnIn(folder)['steps']!;
      for (const step of [2, 4]) {
        const [before, after] = [weights[step - 1]!, weights[step]!];
        for (const [name, values] of Object.entries(after)) {
          const drawn = histograms[`weights/${name}`]!.find((one) => one.step === step)!;
          expect(drawn.squares).toBeCloseTo(squares(values), 9);
          expect(drawn.count).toBe(values.length);
          const gradients = histograms[`gradients/${name}`];
          expect(gradients === undefined).toBe(name.includes('moving'));
          if (!gradients) continue;
          const lost = values.map((value, index) => (before[name]![index]! - value) / 0.5);
          expect(gradients.find((one) => one.step === step)!.squares).toBeCloseTo(squares(lost), 4);
        }
      }
    }),
  );

  it('to the same bits as without it', () =>
    inFolder(async (folder) => {
      const saved = async (plugins: readonly AnyPlugin[]): Promise<unknown> => {
        const trainer = make(plugins);
        await trainer.fit(tinyData(), { epochs: 2, validation });
        const { variables, slots } = await trainer.save();
        trainer.dispose();
        return { variables, slots };
      };
      const board = tensorBoard({ folder, every: 1, histograms: { every: 2, gradients: true } });
      expect(await saved([board])).toEqual(await saved([]));
    }));
});

/** Trains three epochs, and returns what was logged. */
async function trained(options: TensorBoardOptions, plugins: readonly AnyPlugin[] = []): Promise<string[]> {
  const said: string[] = [];
  const trainer = tinyTrainer([tensorBoard(options), ...plugins], { log: (text) => void said.push(text) });
  await trainer.fit(tinyData(), { epochs: 3, validation });
  trainer.dispose();
  return said.filter((text) => text.startsWith('[tensorboard]'));
}

describe.skipIf(!python)('TensorBoard shows', () => {
  it('several validation sets in folders of their own', () =>
    inFolder(async (folder) => {
      const trainer = tinyTrainer([tensorBoard({ folder })]);
      await trainer.fit(tinyData(), {
        epochs: 1,
        validation: { clean: validation, noisy_one: validation } as never,
      });
      trainer.dispose();
      const drawn = drawnIn(folder);
      expect(Object.keys(drawn).sort()).toEqual(['.', 'train', 'validation_clean', 'validation_noisy_one']);
      expect(Object.keys(drawn['validation_noisy_one']!.scalars).sort()).toEqual([
        'epoch',
        'epoch_accuracy',
        'epoch_loss',
      ]);
    }));

  it('validations within an epoch, with several sets', () =>
    inFolder(async (folder) => {
      const trainer = tinyTrainer([tensorBoard({ folder })]);
      const { validations, epochs } = await trainer.fit(tinyData(), {
        epochs: 1,
        validateEvery: 1,
        validation: { noisy: validation, noisy_one: tinyData({ examples: 6 }) } as never,
      });
      trainer.dispose();
      const drawn = drawnIn(folder);
      for (const set of ['noisy', 'noisy_one']) {
        const wanted = [...validations!, { step: 3, logs: epochs[0]! }].map(
          ({ step, logs }) => [step, Math.fround(logs[`validation_${set}_loss`]!)] as const,
        );
        expect(wanted.map(([step]) => step)).toEqual([1, 2, 3]);
        expect(drawn[`validation_${set}`]!.scalars['epoch_loss']).toEqual(wanted);
      }
    }));

  it('the settings of the run, with those that the user adds', () =>
    inFolder(async (folder) => {
      await trained({ folder, hyperparameters: { batch_size: 8, optimizer: 'mine' } });
      expect(drawnIn(folder)['.']!.hparams).toMatchObject({
        seed: 7,
        learning_rate: 0.05,
        optimizer: 'mine',
        'optimizer.momentum': 0.9,
        loss: 'softmaxCrossEntropy',
        epochs: 3,
        batch_size: 8,
        status: 1,
      });
    }));

  it('what other plugins write, at the step of the run', () =>
    inFolder(async (folder) => {
      const board = tensorBoard({ folder });
      const user: AnyPlugin = {
        name: 'user',
        async onEpochEnd({ run, epoch }: HostContext) {
          const { scalar, histogram, image, text, flush } = run.use(board);
          scalar('mine', epoch);
          histogram('values', [1, 2, 3]);
          image('first', { values: Uint8Array.of(1, 2, 3), shape: [1, 1, 3] });
          text('note', `epoch ${epoch}`);
          await flush();
          expect(drawnIn(folder)['steps']!.scalars['mine']).toHaveLength(epoch);
        },
      };
      const trainer = tinyTrainer([board, user]);
      await trainer.fit(tinyData(), { epochs: 2 });
      trainer.dispose();
      const { scalars, histograms, images, texts } = drawnIn(folder)['steps']!;
      expect(scalars['mine']).toEqual([
        [3, 1],
        [6, 2],
      ]);
      expect(histograms['values']!.map(({ step }) => step)).toEqual([3, 6]);
      expect(images['first']!.map(({ pixels }) => pixels)).toEqual([
        [1, 2, 3],
        [1, 2, 3],
      ]);
      expect(texts['note']).toEqual([
        [3, 'epoch 1'],
        [6, 'epoch 2'],
      ]);
    }));

  it('how many weights are not finite, and no histogram of none', () =>
    inFolder(async (folder) => {
      const broken: AnyPlugin = {
        name: 'broken',
        onStepBegin: ({ run, step }: HostContext) => {
          const bias = run.variables['dense_1/bias']!;
          if (step === 4) bias.assign(tf.fill(bias.shape, NaN) as typeof bias);
        },
      };
      const trainer = tinyTrainer([broken, tensorBoard({ folder, every: 1, histograms: { every: 1 } })], {
        checkLossEvery: 1,
      });
      await expect(trainer.fit(tinyData(), { epochs: 3 })).rejects.toThrow(/NaN/);
      trainer.dispose();
      const { scalars, histograms } = drawnIn(folder)['steps']!;
      expect(scalars['batch_loss']!.at(-1)).toEqual([5, 'nan']);
      expect(scalars['not_finite/weights/dense_1/bias']).toEqual([[5, 3]]);
      expect(histograms['weights/dense_1/bias']!.map(({ step }) => step)).toEqual([1, 2, 3, 4]);
      expect(drawnIn(folder)['.']!.hparams['status']).toBe(2);
    }));
});

describe('a run', () => {
  it('goes on when its folder cannot be written, and says so once', () =>
    inFolder(async (folder) => {
      writeFileSync(join(folder, 'file'), '');
      const said = await trained({ folder: join(folder, 'file', 'board'), every: 1 });
      expect(said).toHaveLength(1);
      expect(said[0]).toMatch(
        /^\[tensorboard\] events could not be written to .+ENOTDIR.+\(TENSORBOARD_WRITE\) The run goes on\.$/,
      );
    }));

  it.each([
    {},
    { folder: '' },
    { folder: 'x', every: 0 },
    { folder: 'x', every: 1.5 },
    { folder: 'x', every: '0ep' },
    { folder: 'x', histograms: true },
    { folder: 'x', histograms: { every: -1 } },
    { folder: 'x', hyperparameters: { rate: undefined } },
    { folder: 'x', logdir: 'y' },
  ])('refuses the options %o', (options) => {
    expect(() => tensorBoard(options as never)).toThrow(/^\[tensorBoard\] .+\. .+\. \(OPTION_INVALID\)$/);
  });
});
