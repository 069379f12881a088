import { distanceFrom, loadGolden, presentWays } from '@cantrip/testing';
import {
  accuracy,
  type AnyPlugin,
  type Batch,
  type BatchSource,
  type Metric,
  type StepContext,
  type TrainerOptions,
} from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { cutBox, mixExamples, mixup, type MixupOptions, pasteBox } from '../src/index.ts';

const ROWS = 9;

/** Rows 0 to 8 hold their own number; the last ones only fill the batch. */
const numbered = (size: number, shape: readonly number[] = [1]): BatchSource => ({
  batchesPerEpoch: 1,
  *batches() {
    const pixels = shape.reduce((product, side) => product * side, 1);
    yield {
      inputs: {
        values: Float32Array.from({ length: ROWS * pixels }, (_, at) => Math.floor(at / pixels)),
        shape: [ROWS, ...shape],
      },
      targets: { values: Int32Array.from({ length: ROWS }, (_, row) => row), shape: [ROWS] },
      size,
    };
  },
});

interface Seen {
  readonly inputs: readonly number[];
  readonly others: readonly number[];
  readonly shares: readonly number[];
}

/** Reads each batch as mixup left it: the mean of each row, its partner and its share. */
const watching = (seen: Seen[]): AnyPlugin => ({
  name: 'watching',
  variables: () =>
    Object.fromEntries(
      ['inputs', 'others', 'shares'].map((name) => [name, tf.variable(tf.zeros([ROWS]), false)]),
    ),
  transformBatch(batch: Batch, { ownVariables }: StepContext) {
    const inputs = batch.inputs as tf.Tensor;
    ownVariables['inputs']!.assign(tf.mean(tf.reshape(inputs, [ROWS, -1]), 1));
    ownVariables['others']!.assign(tf.cast(batch.mixture!.targets as tf.Tensor, 'float32'));
    ownVariables['shares']!.assign(tf.clone(batch.mixture!.share));
    return batch;
  },
  onStepEnd({ ownVariables }: { ownVariables: Readonly<Record<string, tf.Variable>> }) {
    const read = Object.entries(ownVariables).map(([name, one]) => [name, [...one.dataSync()]] as const);
    seen.push(Object.fromEntries(read) as unknown as Seen);
  },
});

const nineClasses = (inputShape: number[]): Partial<TrainerOptions> => ({
  model: () =>
    sequential({
      layers: [
        ...(inputShape.length > 1 ? [layers.flatten({ inputShape })] : []),
        layers.dense({ units: 9, ...(inputShape.length === 1 && { inputShape }) }),
      ],
    }),
});

describe.each(await presentWays())('modes pair and elem, $name,', ({ tinyTrainer }) => {
  const run = async (
    options: MixupOptions,
    { size = ROWS, epochs = 3, shape = [1] as readonly number[], more = {} as Partial<TrainerOptions> } = {},
  ): Promise<Seen[]> => {
    const seen: Seen[] = [];
    const plugins = [mixup(options), watching(seen)];
    const trainer = tinyTrainer(plugins, { ...nineClasses([...shape]), ...more });
    await trainer.fit(numbered(size, shape), { epochs }).finally(() => trainer.dispose());
    return seen;
  };

  it('mix each example by a share of its own, other ones in each batch', async () => {
    const seen = await run({ alpha: 1, mode: 'elem' });
    expect(new Set(seen.flatMap(({ shares }) => shares)).size).toBe(3 * ROWS);
    for (const { inputs, others, shares } of seen)
      inputs.forEach((value, row) =>
        expect(value).toBeCloseTo(shares[row]! * row + (1 - shares[row]!) * others[row]!, 5),
      );
  });

  it.each(['permutation', 'flip'] as const)(
    'mix both of a pair by the share of the pair, by %s',
    async (pairing) => {
      for (const size of [ROWS, 6])
        for (const { inputs, others, shares } of await run({ alpha: 1, mode: 'pair', pairing }, { size })) {
          for (const [row, other] of others.entries()) {
            expect(others[other]).toBe(row);
            expect(shares[other]).toBe(shares[row]);
            expect(other < size).toBe(row < size);
            expect(inputs[row]).toBeCloseTo(shares[row]! * row + (1 - shares[row]!) * other, 5);
          }
          const alone = others.filter((other, row) => row < size && other === row);
          expect(alone).toHaveLength(size % 2);
        }
    },
  );

  it.each(['elem', 'pair'] as const)('cut boxes whose area is the share of the label: %s', async (mode) => {
    const options: MixupOptions = { alpha: 0.4, cutmixAlpha: 1, mode };
    const [first] = await run(options, { shape: [6, 6, 1], epochs: 1 });
    const { inputs, others, shares } = first!;
    inputs.forEach((mean, row) =>
      expect(mean).toBeCloseTo(shares[row]! * row + (1 - shares[row]!) * others[row]!, 4),
    );
    const again = await run(options, { shape: [6, 6, 1], epochs: 1 });
    expect(again).toEqual([first]);
  });

  it('mix as many examples as probability says, and none from offEpoch on', async () => {
    const seen = await run({ alpha: 1, mode: 'elem', probability: 0.5, offEpoch: 40 }, { epochs: 42 });
    const plain = seen.slice(0, 40).flatMap(({ shares }) => shares.filter((share) => share === 1));
    // 360 draws of 0.5, within four standard deviations.
    expect(Math.abs(plain.length - 180)).toBeLessThan(38);
    expect(seen.slice(40).every(({ shares }) => shares.every((share) => share === 1))).toBe(true);
  });

  it('count both labels of each example in metrics, and refuse a metric without weights', async () => {
    const accuracies: number[] = [];
    const noting: AnyPlugin = {
      name: 'noting',
      onEpochEnd: ({ logs }: { logs: Readonly<Record<string, number>> }) =>
        void accuracies.push(logs['accuracy']!),
    };
    const seen: Seen[] = [];
    const trainer = tinyTrainer([mixup({ alpha: 1, mode: 'elem' }), watching(seen), noting], {
      model: () => {
        const logits = tf.variable(tf.cast(tf.oneHot(tf.tensor1d([4], 'int32'), ROWS), 'float32'));
        return (inputs) => tf.add(tf.mul(inputs as tf.Tensor, 0), logits);
      },
      metrics: [accuracy()],
    });
    await trainer.fit(numbered(ROWS), { epochs: 1 });
    trainer.dispose();
    const [{ others, shares }] = seen as [Seen];
    // Every output names class 4: right is the share of row 4, and the rest of the row whose partner is row 4.
    expect(accuracies[0]).toBeCloseTo((shares[4]! + 1 - shares[others.indexOf(4)]!) / ROWS, 5);
    const bare: Metric = { name: 'bare', compute: () => tf.scalar(1) };
    await expect(run({ mode: 'elem' }, { more: { metrics: [bare] } })).rejects.toThrow(
      '[trainer] targets are mixed with a share for each example, but the metric bare does not accept weights. Add measure(targets, outputs, weights) to the metric, or mix with one share for the batch. (OPTION_INVALID)',
    );
  });
});

it('the shares of mode elem have the distribution of Beta(alpha, alpha)', async () => {
  interface Cases {
    readonly beta: readonly { readonly a: number; readonly quantiles: readonly number[] }[];
    readonly probabilities: readonly number[];
  }
  const url = new URL('../../ops/test/golden/distributions.json', import.meta.url);
  const { cases } = loadGolden<Cases>(url);
  const [way] = await presentWays();
  const seen: Seen[] = [];
  const trainer = way!.tinyTrainer([mixup({ alpha: 0.2, mode: 'elem' }), watching(seen)], nineClasses([1]));
  await trainer.fit(numbered(ROWS), { epochs: 150 });
  trainer.dispose();
  const { quantiles } = cases.beta.find(({ a }) => a === 0.2)!;
  const drawn = seen.flatMap(({ shares }) => shares);
  expect(distanceFrom(drawn, quantiles, cases.probabilities)).toBeLessThan(1.63);
});

describe('the functions refuse numbers of other examples:', () => {
  const two = tf.tensor1d([0.5, 0.5]);
  const three = tf.tensor1d([0.5, 0.5, 0.5]);
  const flipped = tf.tensor1d([1, 0], 'int32');

  it('shares', () => {
    expect(() => mixExamples(tf.ones([2, 3]), flipped, three)).toThrow(
      /^\[mixExamples\] share must be a scalar or \[2\], one number for each example.*OPTION_INVALID/,
    );
  });

  it('places of a box', () => {
    expect(() => cutBox({ height: 4, width: 4, share: two, y: three, x: 0 })).toThrow(
      '[cutBox] options with a number for each image must have equally many, got 2, 3. Pass one number for each image in all of them, or plain numbers. (SHAPE_MISMATCH)',
    );
  });

  it('boxes', () => {
    const box = cutBox({ height: 4, width: 4, share: three, y: 0, x: 0 });
    expect(() => pasteBox(tf.ones([2, 4, 4, 1]), flipped, box)).toThrow(
      '[pasteBox] box must be one for all images, or one for each of the 2, got shape [3]. Call cutBox with one number for each image. (SHAPE_MISMATCH)',
    );
  });
});
