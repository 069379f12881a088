import { presentWays } from '@cantrip/testing';
import type { Trainer } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { type Breaking, breakingTrainer, data, type Place, places } from './breaking-trainer.ts';

const example = { values: new Float32Array(36), shape: [1, 6, 6, 1] };

const asks: readonly (readonly [string, (trainer: Trainer) => Promise<unknown>])[] = [
  ['save', (trainer) => trainer.save()],
  ['fit', (trainer) => trainer.fit(data, { epochs: 2 })],
  ['evaluate', (trainer) => trainer.evaluate(data)],
  ['predict', (trainer) => trainer.predict(example)],
];

/** Then no batch of the step has run. */
const isBeforeTheStep = (place: Place): boolean =>
  place.startsWith('schedule') || place === 'transformVariables';

describe.each(await presentWays())('a step that fails, $name,', (way) => {
  describe.each([1, 2])('of %i batches,', (batchesPerStep) => {
    /** A call of TensorFlow's is the first one in the first epoch. */
    const epochOf = (place: Place): number => (place === 'TensorFlow at a later call' ? 1 : 0);
    const stepsBefore = (place: Place): number => ((epochOf(place) + 1) * 4) / batchesPerStep - 1;

    let whole: Breaking | undefined;
    async function unbroken(): Promise<Breaking> {
      if (whole) return whole;
      whole = breakingTrainer(way, undefined, batchesPerStep);
      await whole.trainer.fit(data, { epochs: 2 });
      whole.trainer.dispose();
      return whole;
    }

    async function failed(place: Place): Promise<Breaking> {
      const run = breakingTrainer(way, place, batchesPerStep);
      await expect(run.trainer.fit(data, { epochs: 2 })).rejects.toThrow(/is broken|\(INDEX_OUT_OF_RANGE\)/);
      expect(run.trainer.position()).toEqual({ epoch: epochOf(place), step: stepsBefore(place) });
      return run;
    }

    /** A recording, and its first call, have no effect; what was replayed before, or breaks off, can't be taken back. */
    const takenBack = places.filter(
      (place) => !way.captured || batchesPerStep === 1 || isBeforeTheStep(place),
    );
    const marked = [...places, 'TensorFlow at a later call' as const].filter(
      (place) => way.captured && !takenBack.some((one) => one === place),
    );
    if (!way.captured) takenBack.push('TensorFlow at a later call' as never);

    it.each(takenBack)(
      'in %s, leaves the run as it was, and the run goes on to the same bits',
      async (place) => {
        const [whole, run] = [await unbroken(), await failed(place)];
        expect(await run.trainer.save()).toEqual(whole.after.get(stepsBefore(place)));
        run.mend();
        await run.trainer.fit(data, { epochs: 2 });
        expect(run.after).toEqual(whole.after);
        expect(run.log.filter((line) => line.includes('begun to change'))).toEqual([]);
        run.trainer.dispose();
      },
    );

    it.each(marked)('in %s, is said to be half done, and only a restored snapshot goes on', async (place) => {
      const [whole, run] = [await unbroken(), await failed(place)];
      expect(run.log).toContain(
        `[trainer] step ${stepsBefore(place)} failed when it had begun to change the run: it takes a restored snapshot to go on.`,
      );
      const snapshot = run.after.get(stepsBefore(place))!;
      for (const [what, ask] of asks) {
        await expect(ask(run.trainer)).rejects.toThrow(
          new RegExp(
            `^\\[trainer\\] ${what} was called, but step ${stepsBefore(place)} failed when it had begun to change the run \\(.*(broken|index).*\\)\\. Restore a snapshot, or create a new trainer\\. \\(STEP_HALF_DONE\\)$`,
          ),
        );
      }
      await expect(run.trainer.restore(snapshot, { only: 'weights' })).rejects.toThrow(/STEP_HALF_DONE/);
      await expect(run.trainer.restore({ ...snapshot, seed: 1 })).rejects.toThrow(/STATE_MISMATCH/);
      await expect(run.trainer.save()).rejects.toThrow(/STEP_HALF_DONE/);
      run.mend();
      await run.trainer.restore(snapshot);
      expect(await run.trainer.save()).toEqual(snapshot);
      await run.trainer.fit(data, { epochs: 2 });
      expect(run.after).toEqual(whole.after);
      run.trainer.dispose();
    });

    it('leaves no tensor that was not there before', async () => {
      const run = breakingTrainer(way, 'optimizer after its update', batchesPerStep);
      await expect(run.trainer.fit(data, { epochs: 1 })).rejects.toThrow(/is broken/);
      const before = tf.memory().numTensors;
      if (way.captured && batchesPerStep > 1)
        await run.trainer.restore(run.after.get(stepsBefore('optimizer after its update'))!);
      await expect(run.trainer.fit(data, { epochs: 1 })).rejects.toThrow(/is broken/);
      expect(tf.memory().numTensors).toBe(before);
      run.trainer.dispose();
    });
  });
});
