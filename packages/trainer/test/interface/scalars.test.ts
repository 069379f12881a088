import * as tf from '@tensorflow/tfjs-core';
import type { AnyPlugin, Plugin } from '@cantrip/trainer';
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
