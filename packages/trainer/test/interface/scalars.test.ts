import { accumulateGradients, sgd } from '@cantrip/optimizers';
import * as tf from '@tensorflow/tfjs-core';
import type { AnyPlugin, Plugin, StepContext } from '@cantrip/trainer';
import { presentWays, tinyData } from '@cantrip/testing';
import { describe, expect, it } from 'vitest';

const giving = (
  name: string,
  scalars: Readonly<Record<string, number>>,
  more: Partial<Plugin> = {},
): AnyPlugin => ({
  name,
  scheduleScalars: (given: object) => ({ ...given, ...scalars }),
  ...more,
});

describe.each(await presentWays())('scalars of several plugins, $name,', ({ tinyTrainer }) => {
  const fit = async (plugins: readonly AnyPlugin[]): Promise<void> => {
    const trainer = tinyTrainer(plugins);
    await trainer.fit(tinyData(), { epochs: 1 }).finally(() => trainer.dispose());
  };

  it('have names of their own: a second giver is refused by plugin and name', async () => {
    await expect(fit([giving('one', { share: 0.5 }), giving('two', { share: 0.6 })])).rejects.toThrow(
      "[two] scheduleScalars must return scalars with names of its own, got share, which one gives. Use another name, or, to change that scalar, write after: ['one']. (HOOK_RESULT)",
    );
  });

  it('may be changed by a plugin whose after names the giver, or what it provides', async () => {
    const seen: number[] = [];
    const reading: AnyPlugin = {
      name: 'reading',
      variables: () => ({ share: tf.variable(tf.scalar(0), false) }),
      transformLoss: (loss, { scalar, ownVariables }) => (
        ownVariables['share']!.assign(scalar('share')),
        loss
      ),
      onStepEnd: ({ ownVariables }) => void seen.push(ownVariables['share']!.dataSync()[0]!),
    };
    await fit([giving('one', { share: 0.5 }), giving('two', { share: 0.25 }, { after: ['one'] }), reading]);
    await fit([
      giving('one', { share: 0.5 }, { provides: ['shares'] }),
      giving('two', { share: 0.125 }, { after: [{ provides: 'shares' }] }),
      reading,
    ]);
    expect(seen).toEqual([0.25, 0.25, 0.25, 0.125, 0.125, 0.125]);
  });

  it('are all returned: one that a plugin leaves out is missed by plugin and name', async () => {
    const forgetting: AnyPlugin = { name: 'forgetting', scheduleScalars: () => ({ mine: 1 }) };
    await expect(fit([giving('one', { share: 0.5 }), forgetting])).rejects.toThrow(
      '[forgetting] scheduleScalars must return the scalars that it received, but share of one is missing. Return { ...scalars, mine: value }. (HOOK_RESULT)',
    );
  });
});

describe.each(await presentWays())('scalars of a batch, $name,', ({ tinyTrainer }) => {
  interface Drawn {
    readonly batch: number;
    readonly step: number;
    readonly drawn: number;
  }

  /** Gives each batch a random number, and notes what its program reads. */
  const drawing = (noted: Drawn[], read: number[]): readonly AnyPlugin[] => [
    giving('steps', { begun: 1 }),
    {
      name: 'drawing',
      variables: () => ({ sum: tf.variable(tf.scalar(0), false) }),
      scheduleBatchScalars(scalars, { random, batch, step }) {
        const drawn = random('drawing').uniform();
        noted.push({ batch, step, drawn });
        return { ...scalars, drawn: drawn * scalars['begun']! };
      },
      transformBatch(batch, { scalar, ownVariables }: StepContext) {
        const { sum } = ownVariables as { readonly sum: tf.Variable };
        sum.assign(tf.add(sum, scalar('drawn')));
        return batch;
      },
      onStepEnd: ({ ownVariables }: { ownVariables: Readonly<Record<string, tf.Variable>> }) =>
        void read.push(ownVariables['sum']!.dataSync()[0]!),
    },
  ];

  const run = async (steps: number): Promise<{ noted: Drawn[]; read: number[] }> => {
    const [noted, read]: [Drawn[], number[]] = [[], []];
    const optimizer = accumulateGradients(sgd({ learningRate: 0.1 }), { steps });
    const trainer = tinyTrainer(drawing(noted, read), { optimizer });
    await trainer.fit(tinyData(), { epochs: 2 });
    trainer.dispose();
    return { noted, read };
  };

  it('are other ones in each batch of a step, and those of the same batches without accumulation', async () => {
    const [plain, accumulated] = [await run(1), await run(3)];
    expect(accumulated.noted.map(({ batch }) => batch)).toEqual([0, 1, 2, 0, 1, 2]);
    expect(accumulated.noted.map(({ step }) => step)).toEqual([0, 0, 0, 1, 1, 1]);
    expect(accumulated.noted.map(({ drawn }) => drawn)).toEqual(plain.noted.map(({ drawn }) => drawn));
    expect(new Set(plain.noted.map(({ drawn }) => drawn)).size).toBe(6);
    expect(accumulated.read).toHaveLength(2);
    expect(accumulated.read[1]).toBeCloseTo(plain.read[5]!, 5);
  });

  it('have one giver each: a scalar of another plugin is refused by the hook that gave it again', async () => {
    const second: AnyPlugin = {
      name: 'second',
      scheduleBatchScalars: (scalars: object) => ({ ...scalars, share: 0.1 }),
    };
    const trainer = tinyTrainer([giving('one', { share: 0.5 }), second]);
    await expect(trainer.fit(tinyData(), { epochs: 1 })).rejects.toThrow(
      '[second] scheduleBatchScalars must return scalars with names of its own, got share, which one gives.',
    );
    trainer.dispose();
  });

  it.each([
    [{ share: NaN }, 'finite numbers by name'],
    [{ step: 1 }, 'got step, which the trainer sets'],
  ])('are refused if they are %o', async (scalars, words) => {
    const wrong: AnyPlugin = {
      name: 'wrong',
      scheduleBatchScalars: (given: object) => ({ ...given, ...scalars }),
    };
    const trainer = tinyTrainer([wrong]);
    await expect(trainer.fit(tinyData(), { epochs: 1 })).rejects.toThrow(words);
    trainer.dispose();
  });
});
