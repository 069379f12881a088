import { labelSmoothing } from '@cantrip/label-smoothing';
import { sgd } from '@cantrip/optimizers';
import { expectClose, loadGolden, presentWays, type Way, weightsOf } from '@cantrip/testing';
import { type AnyPlugin, type BatchSource, softmaxCrossEntropy } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { layers, type LayersModel, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, it } from 'vitest';
import { cutBox, mixExamples, mixLabels, mixup, pasteBox } from '../src/index.ts';

interface Given {
  readonly lam: number;
  readonly cuts?: boolean;
  readonly smoothing?: number;
  readonly correct_lam?: boolean;
  readonly cutmix_minmax?: readonly [number, number];
  readonly y: number;
  readonly x: number;
  readonly labels: readonly number[];
  readonly images: readonly number[];
}

interface BatchCase extends Given {
  readonly shape: readonly [number, number, number, number];
  readonly rows: number;
  readonly columns: number;
  readonly mixed: readonly number[];
  readonly targets: readonly (readonly number[])[];
}

/** A share, and the place of a box, for each example or each pair. */
interface RowsCase extends Omit<BatchCase, 'lam' | 'y' | 'x' | 'rows' | 'columns'> {
  readonly mode: 'pair' | 'elem';
  readonly lam: readonly number[];
  readonly y: readonly number[];
  readonly x: readonly number[];
}

interface Trained {
  readonly losses: readonly number[];
  readonly kernel: readonly number[];
}

interface Cases {
  readonly batches: Readonly<Record<string, BatchCase>>;
  readonly rows: Readonly<Record<string, RowsCase>>;
  readonly training: {
    readonly steps: readonly Given[];
    readonly kernel: readonly number[];
    readonly learningRate: number;
    readonly smoothing: number;
  };
  readonly sharp: Trained;
  readonly smoothed: Trained;
}

const url = new URL('./golden/timm.json', import.meta.url);
const { cases, tolerance } = loadGolden<Cases>(url);

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('the functions mix a batch as timm does', () => {
  it.each(Object.entries(cases.batches))('%s', (_, one) => {
    const { shape, lam, y, x, rows, columns, smoothing = 0 } = one;
    const images = tf.tensor4d([...one.images], [...shape]);
    const labels = tf.tensor1d([...one.labels], 'int32');
    const flipped = tf.reverse(tf.range(0, shape[0], 1, 'int32'), 0);
    const minmax = one.cutmix_minmax;
    const box = cutBox({ height: shape[1], width: shape[2], share: lam, y, x, rows, columns, minmax });
    const mixed = one.cuts ? pasteBox(images, flipped, box) : mixExamples(images, flipped, lam);
    const share = one.cuts && one.correct_lam !== false ? box.share : lam;
    expectClose(mixed, one.mixed, tolerance);
    expectClose(mixLabels(labels, flipped, share, { classes: 3, smoothing }), one.targets, tolerance);
  });
});

describe('the functions mix rows as timm does', () => {
  it.each(Object.entries(cases.rows))('%s', (_, one) => {
    const { shape, smoothing = 0, mode } = one;
    const rows = shape[0];
    const ofRows = (numbers: readonly number[]): tf.Tensor1D =>
      tf.tensor1d(
        Array.from(
          { length: rows },
          (_, row) => numbers[mode === 'pair' ? Math.min(row, rows - 1 - row) : row]!,
        ),
      );
    const images = tf.tensor4d([...one.images], [...shape]);
    const labels = tf.tensor1d([...one.labels], 'int32');
    const flipped = tf.reverse(tf.range(0, rows, 1, 'int32'), 0);
    const [lam, y, x] = [one.lam, one.y, one.x].map(ofRows) as [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
    const box = cutBox({ height: shape[1], width: shape[2], share: lam, y, x });
    const mixed = one.cuts ? pasteBox(images, flipped, box) : mixExamples(images, flipped, lam);
    const share = one.cuts && one.correct_lam !== false ? box.share : lam;
    expectClose(mixed, one.mixed, tolerance);
    expectClose(mixLabels(labels, flipped, share, { classes: 3, smoothing }), one.targets, tolerance);
  });
});

const { steps, kernel, learningRate, smoothing } = cases.training;

const data: BatchSource = {
  batchesPerEpoch: steps.length,
  *batches() {
    for (const { images, labels } of steps) {
      yield {
        inputs: { values: Float32Array.from(images), shape: [6, 5, 5, 1] },
        targets: { values: Int32Array.from(labels), shape: [6] },
        size: 6,
      };
    }
  },
};

/** Gives the plugin timm's shares and boxes. */
const given: AnyPlugin = {
  name: 'given',
  after: ['mixup'],
  scheduleBatchScalars(scalars, { step }) {
    const { lam, cuts, y, x } = steps[step]!;
    return { ...scalars, mixupShare: lam, mixupCuts: cuts ? 1 : 0, mixupY: y, mixupX: x };
  },
};

const linear = (): LayersModel =>
  sequential({
    layers: [
      layers.flatten({ inputShape: [5, 5, 1] }),
      layers.dense({ units: 3, useBias: false, weights: [tf.tensor2d([...kernel], [25, 3])] }),
    ],
  });

async function train(way: Way, smoothings: readonly AnyPlugin[]): Promise<Trained> {
  const losses: number[] = [];
  const observer: AnyPlugin = {
    name: 'observer',
    onStepEnd: async ({ loss }: { loss(): Promise<number> }) => void losses.push(await loss()),
  };
  const plugins = [mixup({ alpha: 0.8, cutmixAlpha: 1, pairing: 'flip' }), given, ...smoothings, observer];
  const options = { model: linear, optimizer: sgd({ learningRate }), loss: softmaxCrossEntropy() };
  const trainer = way.tinyTrainer(plugins, options);
  await trainer.fit(data, { epochs: 1 });
  const weights = await weightsOf(trainer);
  trainer.dispose();
  return { losses, kernel: weights['dense_1/kernel']! };
}

describe.each(await presentWays())('mixup and CutMix, switched, $name', (way) => {
  it('train as timm and PyTorch do', async () => {
    const trained = await train(way, []);
    expectClose(trained.losses, cases.sharp.losses, tolerance);
    expectClose(trained.kernel, cases.sharp.kernel, tolerance);
  });

  it('train as timm and PyTorch do, with label smoothing', async () => {
    const trained = await train(way, [labelSmoothing({ smoothing })]);
    expectClose(trained.losses, cases.smoothed.losses, tolerance);
    expectClose(trained.kernel, cases.smoothed.kernel, tolerance);
  });
});
