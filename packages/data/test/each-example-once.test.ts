import { arrayDataset, bucketedDataset, rebatch, split, subset, take } from '@cantrip/data';
import { isCantripError } from '@cantrip/errors';
import { sgd } from '@cantrip/optimizers';
import {
  type AnyPlugin,
  type BatchSource,
  createTrainer,
  type HostContext,
  type Trainer,
} from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const most = 24;

/** Weight i falls by 1 for each time that example i is trained on. */
function countingTrainer(stopAfter: number): Trainer {
  const stop: AnyPlugin = {
    name: 'stop',
    seed: 7,
    onStepEnd: ({ run, step }: HostContext) => void (step === stopAfter && run.stop('here')),
  };
  return createTrainer({
    device: 'cpu',
    handleInterrupt: false,
    log: () => undefined,
    model: () => {
      const seen = tf.variable(tf.zeros([most, 1]));
      return (inputs) => {
        const examples = tf.squeeze(tf.slice(inputs as tf.Tensor2D, [0, 0], [-1, 1]), [1]);
        return tf.matMul(
          tf.cast(tf.oneHot(tf.cast(examples, 'int32'), most), 'float32') as tf.Tensor2D,
          seen,
        );
      };
    },
    optimizer: sgd({ learningRate: 1 }),
    loss: (_, outputs) => tf.sum(outputs) as tf.Scalar,
    plugins: [stop],
  });
}

interface Draw {
  readonly count: number;
  readonly sizes: readonly [before: number, after: number];
  readonly stop: number;
  readonly kind: 'all' | 'subset' | 'take' | 'split' | 'bucketed';
  readonly last: 'kept' | 'dropped' | 'filled up';
  readonly shuffle: boolean;
  /** Whether the trainer knows all that the dataset says of itself, or only its number of batches. */
  readonly says: 'all' | 'number';
  readonly prefetch: number;
}

const draws = (prefetch: fc.Arbitrary<number>): fc.Arbitrary<Draw> =>
  fc.record({
    count: fc.integer({ min: 2, max: most }),
    sizes: fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })),
    stop: fc.nat(most),
    kind: fc.constantFrom('all', 'subset', 'take', 'split', 'bucketed'),
    last: fc.constantFrom('kept', 'dropped', 'filled up'),
    shuffle: fc.boolean(),
    says: fc.constantFrom('all', 'number'),
    prefetch,
  });

/** The examples that a draw is about. */
function examplesOf({ kind, count }: Draw): readonly number[] {
  const all = Array.from({ length: count }, (_, example) => example);
  if (kind === 'subset') return all.filter((example) => example % 3 !== 1);
  return kind === 'take' || kind === 'split' ? all.slice(0, Math.ceil(count / 2)) : all;
}

function datasetOf(draw: Draw, batchSize: number): BatchSource {
  const { count, kind, last, shuffle, prefetch } = draw;
  const batching = { batchSize, shuffle, dropLast: last === 'dropped', prefetch };
  const filling = last === 'filled up' ? { padLast: true, padTarget: 0 } : {};
  const all = Array.from({ length: count }, (_, example) => example);
  const targets = { values: new Float32Array(count), shape: [count] };
  if (kind === 'bucketed') {
    const inputs = all.map((example) => {
      const shape = [1 + ((example * 5) % 8)];
      return { values: new Float32Array(shape[0]!).fill(example), shape };
    });
    return bucketedDataset({ inputs, targets, buckets: [2, 5, 8], ...batching, ...filling });
  }
  const whole = arrayDataset({
    inputs: { values: Float32Array.from(all), shape: [count, 1] },
    targets,
    ...batching,
    ...filling,
  });
  if (kind === 'all') return whole;
  if (kind === 'subset') return subset(whole, examplesOf(draw));
  const first = Math.ceil(count / 2);
  const plain = rebatch(whole, { batchSize: 1 });
  const part = kind === 'take' ? take(plain, first) : split(plain, { first })[0];
  return rebatch(part, { ...batching, ...filling });
}

/** A source that goes on by whole batches and says nothing else of itself. */
function onlyItsNumber({ batchesPerEpoch, batches }: BatchSource): BatchSource {
  return { batchesPerEpoch, batches: ({ seed, epoch, start }) => batches({ seed, epoch, start }) };
}

/** How often each example was trained on, or the code of the error that refused it. */
async function trainedOn(
  draw: Draw,
  sources: readonly [BatchSource, BatchSource],
): Promise<number[] | string> {
  const [begun, resumed] = [
    countingTrainer(1 + (draw.stop % sources[0].batchesPerEpoch!)),
    countingTrainer(-1),
  ];
  try {
    await begun.fit(sources[0], { epochs: 1 });
    await resumed.restore(structuredClone(await begun.save()));
    await resumed.fit(sources[1], { epochs: 1 });
    const { run } = await resumed.open();
    expect(resumed.position()).toMatchObject({ epoch: 1 });
    return Array.from(Object.values(run.variables)[0]!.dataSync(), (value) => Math.round(-value));
  } catch (error) {
    if (isCantripError(error)) return error.code;
    throw error;
  } finally {
    begun.dispose();
    resumed.dispose();
  }
}

/** A dataset may have no whole batch. */
function sourceOf(draw: Draw, batchSize: number): BatchSource {
  try {
    const dataset = datasetOf(draw, batchSize);
    return draw.says === 'all' ? dataset : onlyItsNumber(dataset);
  } catch (error) {
    fc.pre(!(isCantripError(error) && error.code === 'DATA_EMPTY'));
    throw error;
  }
}

/**
 * Buckets that give as many batches, of as many examples each, in another order. Nothing that a source says shows it
 * where the source states only its number of batches: it must then give the same batches as before (docs/runs.md).
 */
function isOutsideThePromise({ kind, says, sizes: [before, after] }: Draw): boolean {
  return kind === 'bucketed' && says === 'number' && before !== after;
}

async function check(draw: Draw): Promise<void> {
  fc.pre(!isOutsideThePromise(draw));
  const [before, after] = draw.sizes;
  const sources = [sourceOf(draw, before), sourceOf(draw, after)] as const;
  const seen = await trainedOn(draw, sources);
  const isWhole = 1 + (draw.stop % sources[0].batchesPerEpoch!) === sources[0].batchesPerEpoch;
  if (seen === 'STATE_MISMATCH') {
    // What knows only whole batches can't go on with others; all else must.
    expect(before !== after && (draw.says === 'number' || draw.kind === 'bucketed') && !isWhole).toBe(true);
    return;
  }
  expect(seen).toBeInstanceOf(Array);
  const examples = examplesOf(draw);
  const times = examples.map((example) => (seen as number[])[example]!);
  const outside = (seen as number[]).filter((_, example) => !examples.includes(example));
  expect(outside.every((count) => count === 0)).toBe(true);
  if (draw.last !== 'dropped') {
    expect(times.every((count) => count === 1)).toBe(true);
    return;
  }
  expect(times.every((count) => count <= 1)).toBe(true);
  if (draw.kind === 'bucketed') return;
  const done = Math.min(1 + (draw.stop % sources[0].batchesPerEpoch!)) * before;
  const left = isWhole ? 0 : Math.floor((examples.length - done) / after) * after;
  expect(times.filter((count) => count === 1)).toHaveLength(done + left);
}

/** CANTRIP_SEED draws others. */
const seed = Number(process.env['CANTRIP_SEED'] ?? 13);

describe('an epoch that is resumed at any batch, with batches of the same or another size,', () => {
  it('trains on each example exactly once, or is refused', async () => {
    await fc.assert(fc.asyncProperty(draws(fc.constant(0)), check), {
      numRuns: Number(process.env['CANTRIP_DRAWS'] ?? 100),
      seed,
    });
  });

  it('and so do batches that are prepared in advance', async () => {
    await fc.assert(fc.asyncProperty(draws(fc.constant(2)), check), { numRuns: 4, seed });
  });
});
