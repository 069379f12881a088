import { arrayDataset, type Dataset } from '@cantrip/data';
import { expectClose, loadGolden, type Nested, presentDevices } from '@cantrip/testing';
import type { BatchSource } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { type Calibration, calibrationMeter, calibrationOf, type CalibrationOptions } from '../src/index.ts';

interface Case {
  readonly options: CalibrationOptions;
  readonly labels: Nested;
  readonly outputs: Nested;
  readonly weights: Nested;
  readonly errors: Readonly<Partial<Record<keyof Calibration, number>>>;
}

const { cases, tolerance } = loadGolden<Readonly<Record<string, Case>>>(
  new URL('./golden/calibration-weights.json', import.meta.url),
);

await presentDevices(['cpu']);

const tensorOf = (values: Nested): tf.Tensor => tf.tensor(values as tf.TensorLike);

/** In batches of this size, the last one smaller. */
async function measured(given: Case, batch: number): Promise<Calibration> {
  const [outputs, weights] = [tensorOf(given.outputs), tensorOf(given.weights)];
  const read = tensorOf(given.labels);
  const labels = read.rank === outputs.rank ? read : tf.cast(read, 'int32');
  const meter = calibrationMeter(given.options);
  for (let first = 0; first < outputs.shape[0]!; first += batch) {
    const size = Math.min(batch, outputs.shape[0]! - first);
    const part = (tensor: tf.Tensor): tf.Tensor => tf.slice(tensor, [first], [size]);
    await meter.add(part(labels), part(outputs), part(weights));
  }
  return meter.result();
}

describe('calibration with weights is that of NumPy and scikit-learn, in batches of any size:', () => {
  it.each(Object.entries(cases))('%s', async (_, given) => {
    for (const batch of [1000, 7, 1]) {
      const calibration = await measured(given, batch);
      for (const [name, wanted] of Object.entries(given.errors))
        expectClose([calibration[name as 'expectedError']], [wanted], tolerance);
    }
  });
});

const logits = Float32Array.from({ length: 30 }, (_, at) => Math.sin(3 * at) * 2);
const labels = Int32Array.from({ length: 10 }, (_, at) => (at * 7) % 3);
const counts = [2, 0, 1, 3, 0, 1, 1, 2, 0, 4];

/** Whatever comes in comes out. */
const identity = { predict: (inputs: unknown) => Promise.resolve(inputs as tf.Tensor) };

/** A model that gives its inputs back: they are on the host. */
const host = {
  predict: (inputs: unknown) => {
    const { values, shape } = inputs as { values: Float32Array; shape: number[] };
    return Promise.resolve(tf.tensor(values, shape));
  },
};

const data = (examples: readonly number[], batchSize: number, more: object = {}): Dataset =>
  arrayDataset({
    inputs: {
      values: Float32Array.from(examples.flatMap((one) => [...logits.subarray(3 * one, 3 * one + 3)])),
      shape: [examples.length, 3],
    },
    targets: { values: Int32Array.from(examples, (one) => labels[one]!), shape: [examples.length] },
    batchSize,
    ...more,
  });
const all = counts.map((_, example) => example);
const repeated = counts.flatMap((count, example) => Array<number>(count).fill(example));
const weights = { weights: { values: Float32Array.from(counts), shape: [10] } };

/** All figures but how many predictions there are. */
const figures = ({ bins, count: _, classes, ...rest }: Calibration): number[] => [
  ...Object.values(rest),
  ...[bins, ...(classes ?? []).map((one) => one.bins)]
    .flat()
    .flatMap(({ weight, accuracy, confidence }) => (weight > 0 ? [weight, accuracy, confidence] : [])),
];

describe('calibrationOf', () => {
  it.each([10, 4, 3, 1])('counts each example as its weight says, in batches of %i', async (size) => {
    const options = { bins: 6, classwise: true };
    const often = await calibrationOf(host, data(repeated, 5), options);
    const weighted = await calibrationOf(host, data(all, size, weights), options);
    expectClose(figures(weighted), figures(often), tolerance);
    expect([weighted.count, weighted.weight]).toEqual([7, 14]);
  });

  it.each(['equal-width', 'equal-mass'] as const)(
    'leaves rows out that only fill the last batch up, whatever they hold, with bins of %s',
    async (binning) => {
      const options = { bins: 4, binning };
      const plain = await calibrationOf(host, data(all, 10), options);
      for (const padTarget of [-100, 1]) {
        const filled = data(all, 4, { padLast: true, padTarget });
        expect(figures(await calibrationOf(host, filled, options))).toEqual(figures(plain));
      }
      const soft: BatchSource = {
        batchesPerEpoch: 1,
        batches: () => [
          {
            inputs: tf.tensor2d(Array.from(logits), [10, 3]),
            targets: tf.oneHot(tf.tensor1d(labels, 'int32'), 3, 1, 0, 'float32'),
            size: 7,
          } as never,
        ],
      };
      const seven = await calibrationOf(host, data(all.slice(0, 7), 7), options);
      expectClose(figures(await calibrationOf(identity, soft, options)), figures(seven), tolerance);
    },
  );

  it('weighs each place of a sequence, and takes the weights of the output that it is asked for', async () => {
    const places = Float32Array.from(counts);
    const source: BatchSource = {
      batchesPerEpoch: 1,
      batches: () => [
        {
          inputs: { values: logits, shape: [5, 2, 3] },
          targets: { values: labels, shape: [5, 2] },
          weights: {
            words: { values: places, shape: [5, 2] },
            topic: { values: new Float32Array(5).fill(9), shape: [5] },
          },
          size: 5,
        },
      ],
    };
    const named = {
      predict: async (inputs: unknown) => ({ words: await host.predict(inputs), topic: tf.zeros([5, 3]) }),
    };
    const often = await calibrationOf(host, data(repeated, 5));
    expectClose(figures(await calibrationOf(named, source, { output: 'words' })), figures(often), tolerance);
  });

  it('reads one epoch of data that never ends, tells data to end, and tells of data that ends too early', async () => {
    let returned = 0;
    const source = (batchesPerEpoch: number, given: number): BatchSource => ({
      batchesPerEpoch,
      *batches() {
        try {
          for (let batch = 0; batch < given; batch++)
            yield {
              inputs: { values: logits.slice(0, 6), shape: [2, 3] },
              targets: { values: labels.slice(0, 2), shape: [2] },
              size: 2,
            };
        } finally {
          returned += 1;
        }
      },
    });
    expect((await calibrationOf(host, source(3, Infinity))).count).toBe(6);
    expect(returned).toBe(1);
    await expect(calibrationOf(host, source(3, 2))).rejects.toThrow(
      '[calibrationOf] the data gave 2 batches, but declares 3 for an epoch. Correct batchesPerEpoch, or ' +
        'return a new iterator at each call of batches(). (DATA_SHORT)',
    );
    const broken = { predict: () => Promise.reject(new Error('no device')) };
    await expect(calibrationOf(broken, source(3, 3))).rejects.toThrow('no device');
    expect(returned).toBe(3);
  });

  it('leaves no tensor behind, also where a batch is refused', async () => {
    const before = tf.memory().numTensors;
    await calibrationOf(host, data(all, 4, { ...weights, padLast: true }));
    await expect(calibrationOf(host, data(all, 4, weights), { binning: 'equal-mass' })).rejects.toThrow(
      'weights must be 0 or 1 for equal-mass bins, got 2',
    );
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('calibrationMeter', () => {
  it('takes confidences of exactly 0 and 1, and data in which a class is missing', async () => {
    const meter = calibrationMeter({ bins: 10, activation: 'sigmoid', from: 'probabilities' });
    await meter.add(tf.tensor2d([[1], [0], [1]]), tf.tensor2d([[0.95], [1], [0]]));
    const { bins, expectedError } = meter.result();
    expect(bins.map(({ count }) => count)).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0, 2]);
    // |1/2 - 0.975| of two, and |1 - 0| of one.
    expect(expectedError).toBeCloseTo((2 * 0.475 + 1) / 3, 6);
    const classes = calibrationMeter({ bins: 10, from: 'probabilities', classwise: true });
    await classes.add(
      tf.tensor1d([0, 0], 'int32'),
      tf.tensor2d([
        [0.9, 0.1],
        [0.8, 0.2],
      ]),
    );
    expect(classes.result().classwiseError).toBeCloseTo(0.15, 6);
  });

  const [indices, outputs] = [
    () => tf.tensor1d([0, 1], 'int32'),
    () =>
      tf.tensor2d([
        [1, 2],
        [3, 1],
      ]),
  ];

  it.each([
    [tf.tensor1d([1, -1]), 'weights must be finite numbers of at least 0, got -1 at index 1'],
    [tf.tensor1d([NaN, 1]), 'got NaN at index 0'],
    [tf.tensor1d([1, 1, 1]), 'weights of shape [3] do not fit outputs of shape [2, 2]'],
    [
      tf.tensor2d([
        [1, 1],
        [1, 1],
      ]),
      'weights of shape [2, 2] do not fit',
    ],
    [tf.scalar(1), 'weights of shape [] do not fit'],
    [[1, 1] as unknown as tf.Tensor, 'weights must be a tensor'],
  ])('refuses weights %#, and adds nothing', async (weights, message) => {
    const meter = calibrationMeter();
    await expect(meter.add(indices(), outputs(), weights)).rejects.toThrow(message);
    expect(() => meter.result()).toThrow('DATA_EMPTY');
  });

  it.each([
    [
      'softmax',
      tf.tensor2d([
        [1, 2],
        [NaN, 1],
      ]),
      'the outputs of row 1 are NaN, 1, which cannot become probabilities',
    ],
    [
      'sigmoid',
      tf.tensor2d([
        [1, 2],
        [3, NaN],
      ]),
      'the outputs of row 1 are NaN, which cannot become probabilities',
    ],
  ] as const)(
    'refuses outputs that are no numbers, with a %s, and adds nothing',
    async (activation, given, message) => {
      const meter = calibrationMeter({ activation });
      await expect(meter.add(indices(), given)).rejects.toThrow(message);
      expect(() => meter.result()).toThrow('DATA_EMPTY');
      // Where they do not count they may be.
      await meter.add(indices(), given, tf.tensor1d([1, 0]));
      expect(meter.result().weight).toBe(activation === 'softmax' ? 1 : 2);
    },
  );
});
