import { presentWays, type Way } from '@cantrip/testing';
import { accumulateGradients, adam } from '@cantrip/optimizers';
import type { BatchSource, FitOptions, Trainer } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { type Breaking, breakingTrainer, data, type Place, places } from './breaking-trainer.ts';

const example = { values: new Float32Array(36), shape: [1, 6, 6, 1] };

const asks: readonly (readonly [string, (trainer: Trainer) => Promise<unknown>])[] = [
  ['save', (trainer) => trainer.save()],
  ['fit', (trainer) => trainer.fit(data, { epochs: 2 })],
  ['evaluate', (trainer) => trainer.evaluate(data)],
  ['predict', (trainer) => trainer.predict(example)],
];

const ways = await presentWays();
const captured = ways.find((way) => way.captured);
const auto: readonly Way[] = captured
  ? [
      {
        ...captured,
        name: 'captured on tensorflow if it can be',
        tinyTrainer: (plugins, options) => captured.tinyTrainer(plugins, { ...options, capture: 'auto' }),
      },
    ]
  : [];

describe.each([...ways, ...auto])('a step that fails, $name,', (way) => {
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

    /** A recording, and its first call, have no effect; an update that TensorFlow breaks off can't be taken back. */
    const later = 'TensorFlow at a later call';
    const takenBack: readonly Place[] = way.captured ? places : [...places, later];
    const marked: readonly Place[] = way.captured ? [later] : [];

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
        `[trainer] step ${stepsBefore(place)} failed after it had begun to change the run. Restore a snapshot to continue.`,
      );
      const snapshot = run.after.get(stepsBefore(place))!;
      for (const [what, ask] of asks) {
        await expect(ask(run.trainer)).rejects.toThrow(
          new RegExp(
            `^\\[trainer\\] ${what} was called, but step ${stepsBefore(place)} failed after it had begun to change the run \\(.*(broken|index).*\\)\\. Restore a snapshot, or create a new trainer\\. \\(STEP_HALF_DONE\\)$`,
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
      await expect(run.trainer.fit(data, { epochs: 1 })).rejects.toThrow(/is broken/);
      expect(tf.memory().numTensors).toBe(before);
      run.trainer.dispose();
    });
  });
});

/** Steps of two batches, of which the second of the first step fails until it is mended. */
function failingAtFirst(
  { tinyTrainer }: Way,
  capture: 'auto' | boolean,
): { readonly trainer: Trainer; readonly mend: () => void; readonly log: string[] } {
  const broken = new Set(['yes']);
  const log: string[] = [];
  const second: BatchSource = {
    batchesPerEpoch: 4,
    *batches({ start }) {
      for (let batch = start; batch < 4; batch++) {
        const size = 2 + (batch % 2);
        const values = Float32Array.from({ length: size * 2 }, (_, at) => Math.cos(at + batch));
        yield {
          inputs: { values, shape: [size, 2] },
          targets: { values: new Float32Array(size), shape: [size, 1] },
          size,
        };
      }
    },
  };
  const trainer = tinyTrainer([], {
    capture,
    model: () =>
      sequential({
        layers: [
          layers.dense({ units: 3, inputShape: [2] }),
          layers.batchNormalization({ momentum: 0.5 }),
          layers.dense({ units: 1 }),
        ],
      }),
    optimizer: accumulateGradients(adam({ learningRate: 0.1 }), { steps: 2 }),
    loss: (_, outputs) => {
      if (broken.size > 0 && (outputs as tf.Tensor).shape[0] === 3) throw new Error('the loss is broken');
      return tf.mean(tf.square(outputs as tf.Tensor)) as tf.Scalar;
    },
    metrics: [],
    log: (message) => log.push(message),
  });
  return {
    trainer: {
      ...trainer,
      fit: (_: unknown, options: FitOptions) => trainer.fit(second, options),
    } as Trainer,
    mend: () => broken.clear(),
    log,
  };
}

describe.each([...ways, ...auto])('the first step of all that fails in its second batch, $name,', (way) => {
  it('leaves the run as it was, and the run goes on to the same bits', async () => {
    const capture = auto.includes(way) ? 'auto' : way.options.capture;
    const [whole, run] = [failingAtFirst(way, capture), failingAtFirst(way, capture)];
    whole.mend();
    await run.trainer.open();
    const before = await run.trainer.save();
    const epochs = { epochs: 2 };
    await expect(run.trainer.fit(data, epochs)).rejects.toThrow(/the loss is broken/);
    expect(run.log.filter((line) => line.includes('begun to change'))).toEqual([]);
    const { variables, position } = await run.trainer.save();
    expect({ variables, position }).toEqual({ variables: before.variables, position: before.position });
    await run.trainer.evaluate({ inputs: [[1, 2]], targets: [[0]] });
    run.mend();
    const [{ epochs: after }, { epochs: expected }] = [
      await run.trainer.fit(data, epochs),
      await whole.trainer.fit(data, epochs),
    ];
    expect(after).toEqual(expected);
    expect(await run.trainer.save()).toEqual(await whole.trainer.save());
    run.trainer.dispose();
    whole.trainer.dispose();
  });
});

describe.each([...ways, ...auto])('what TensorFlow breaks off in the first of two batches, $name,', (way) => {
  it('is taken back also where it was replayed before', async () => {
    let index = 1;
    const indexed: BatchSource = {
      batchesPerEpoch: 2,
      *batches({ start }) {
        for (let batch = start; batch < 2; batch++) {
          const values = Float32Array.of(0, batch === 0 ? index : 1, 1);
          yield {
            inputs: { values, shape: [3, 1] },
            targets: { values: new Float32Array(3), shape: [3, 1] },
            size: 3,
          };
        }
      },
    };
    const trainer = way.tinyTrainer([], {
      model: () => sequential({ layers: [layers.embedding({ inputDim: 2, outputDim: 2, inputLength: 1 })] }),
      optimizer: accumulateGradients(adam({ learningRate: 0.1 }), { steps: 2 }),
      loss: (_, outputs) => tf.mean(tf.square(outputs as tf.Tensor)) as tf.Scalar,
      metrics: [],
    });
    await trainer.fit(indexed, { epochs: 3 });
    const before = await trainer.save();
    index = 9;
    await expect(trainer.fit(indexed, { epochs: 4 })).rejects.toThrow(/INDEX_OUT_OF_RANGE/);
    expect(await trainer.save()).toEqual({ ...before, data: (await trainer.save()).data });
    index = 1;
    await trainer.fit(indexed, { epochs: 4 });
    expect(trainer.position()).toEqual({ epoch: 4, step: 4 });
    trainer.dispose();
  });
});
