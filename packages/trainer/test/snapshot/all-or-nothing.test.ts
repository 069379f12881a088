import * as tf from '@tensorflow/tfjs-core';
import { accumulateGradients, adam } from '@cantrip/optimizers';
import { presentWays, tinyData } from '@cantrip/testing';
import type { AnyPlugin, Plugin, Trainer } from '@cantrip/trainer';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { everything } from './saved-runs.ts';

afterEach(() => void vi.restoreAllMocks());

/** Counts steps on the host and in a variable. */
const counting = (): AnyPlugin => {
  let steps: tf.Variable;
  const plugin: Plugin<{ steps: number }> = {
    name: 'counting',
    state: () => ({ steps: 0 }),
    variables: () => ({ steps }),
    setup: () => {
      steps = tf.variable(tf.scalar(0), false);
      return () => steps.dispose();
    },
    onStepEnd: ({ state }) => {
      state.steps += 1;
      tf.tidy(() => steps.assign(tf.scalar(state.steps)));
    },
  };
  return plugin;
};

describe.each(await presentWays())('restoring, $name,', ({ tinyTrainer }) => {
  const trained = async (epochs: number): Promise<Trainer> => {
    const optimizer = accumulateGradients(adam(), { steps: 2 });
    const trainer = tinyTrainer([counting()], { optimizer });
    if (epochs > 0) await trainer.fit(tinyData(), { epochs });
    return trainer;
  };

  it('that fails at any variable or slot changes nothing, and leaves no tensor', async () => {
    const source = await trained(2);
    const snapshot = await source.save();
    const trainer = await trained(1);
    const before = await everything(trainer);
    const tensors = tf.memory().numTensors;
    const assign = tf.Variable.prototype.assign;
    let failures = 0;
    for (let failing = 1; ; failing++) {
      let count = 0;
      vi.spyOn(tf.Variable.prototype, 'assign').mockImplementation(function (this: tf.Variable, value) {
        count += 1;
        if (count === failing) throw new Error(`no room for the ${failing}th`);
        assign.call(this, value);
      });
      const error: unknown = await trainer.restore(snapshot).catch((reason: unknown) => reason);
      vi.restoreAllMocks();
      if (error === undefined) break;
      failures += 1;
      expect(error).toMatchObject({ message: `no room for the ${failing}th` });
      expect(await everything(trainer)).toEqual(before);
      expect(tf.memory().numTensors).toBe(tensors);
    }
    const { variables, slots } = snapshot;
    // One for the plugin's variable and one for the totals.
    expect(failures).toBe(Object.keys(variables).length + Object.keys(slots).length + 2);
    expect(await trainer.save()).toEqual(snapshot);
    trainer.dispose();
    source.dispose();
  });

  it('of another model into a trained one changes nothing, and it goes on as if nothing had been', async () => {
    const [asked, left] = [await trained(1), await trained(1)];
    const snapshot = await left.save();
    const [name, saved] = Object.entries(snapshot.variables).at(-1)!;
    const wrong = { ...snapshot.variables, [name]: { ...saved, values: saved.values.slice(1) } };
    await expect(asked.restore({ ...snapshot, variables: wrong })).rejects.toThrow(/STATE_MISMATCH/);
    for (const trainer of [asked, left]) await trainer.fit(tinyData(), { epochs: 2 });
    expect(await asked.save()).toEqual(await left.save());
    asked.dispose();
    left.dispose();
  });

  it('takes the snapshot over as it is, which stays the caller’s', async () => {
    const source = await trained(1);
    const snapshot = await source.save();
    const copy = structuredClone(snapshot);
    const trainer = await trained(0);
    await trainer.restore(snapshot);
    await trainer.fit(tinyData(), { epochs: 2 });
    expect(snapshot).toEqual(copy);
    await source.fit(tinyData(), { epochs: 2 });
    expect(await trainer.save()).toEqual(await source.save());
    trainer.dispose();
    source.dispose();
  });
});
