import type { Logs, Plugin, TallyMetric } from '@cantrip/trainer';
import { presentWays, tinyData } from '@cantrip/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

/** Counts examples on the host. */
const counted: TallyMetric = {
  name: 'counted',
  tally: (_, outputs) => tf.scalar(outputs.shape[0]!),
  add: (before, { values }) => ({ count: Float64Array.of((before?.['count']?.[0] ?? 0) + values[0]!) }),
  figure: (kept) => kept?.['count']?.[0] ?? 0,
};

/** Reads the figures after each step. With `waits` false, all steps are done before the promises are looked at. */
const reader = (seen: Logs[], waits: boolean, losses: number[] = []): Plugin => {
  const open: Promise<unknown>[] = [];
  return {
    name: 'reader',
    async onStepEnd({ step, figures, loss }) {
      const read = figures().then((logs) => void (seen[step] = logs));
      if (waits) await read;
      open.push(read);
      losses[step] = await loss();
    },
    onEpochEnd: async () => void (await Promise.all(open)),
  };
};

describe.each(await presentWays())('figures of onStepEnd, $name,', ({ tinyTrainer }) => {
  it.each([true, false])(
    'are the means over all examples of the epoch so far, whether the step waits (%s) or not',
    async (waits) => {
      const [seen, losses]: [Logs[], number[]] = [[], []];
      const trainer = tinyTrainer([reader(seen, waits, losses)]);
      // Three batches, the last of which is smaller.
      const { epochs } = await trainer.fit(tinyData({ examples: 10, batch: 4 }), { epochs: 2 });
      expect(Object.keys(seen[1]!)).toEqual(Object.keys(epochs[0]!));
      expect(seen[1]!['loss']).toBeCloseTo(losses[1]!, 6);
      expect(seen[2]!['loss']).toBeCloseTo((losses[1]! + losses[2]!) / 2, 6);
      expect(seen[3]!['loss']).toBeCloseTo((4 * losses[1]! + 4 * losses[2]! + 2 * losses[3]!) / 10, 6);
      expect(seen[3]).toEqual(epochs[0]);
      expect(seen[4]!['loss']).toBeCloseTo(losses[4]!, 6);
      expect(seen[6]).toEqual(epochs[1]);
      trainer.dispose();
    },
  );

  it('leave out what is totalled on the host, go on in a resumed epoch, and leave no tensor', async () => {
    const seen: Logs[] = [];
    const metrics = [counted];
    const stopping: Plugin = {
      name: 'stopping',
      onStepEnd: ({ run, step }) => void (step === 2 && run.stop('x')),
    };
    const first = tinyTrainer([reader([], true), stopping], { metrics });
    await first.fit(tinyData(), { epochs: 1 });
    const snapshot = await first.save();
    first.dispose();
    const second = tinyTrainer([reader(seen, true), { name: 'stopping' }], { metrics });
    await second.restore(snapshot);
    const { epochs } = await second.fit(tinyData(), { epochs: 1 });
    expect(seen[3]).toEqual({ loss: epochs[0]!['loss'] });
    await second.fit(tinyData(), { epochs: 2 });
    const before = tf.memory().numTensors;
    await second.fit(tinyData(), { epochs: 3 });
    expect(tf.memory().numTensors).toBe(before);
    second.dispose();
  });
});
