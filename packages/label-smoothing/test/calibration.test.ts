import {
  expectClose,
  loadGolden,
  type Nested,
  presentDevices,
  tinyData,
  tinyTrainer,
} from '@cantrip/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  brierScore,
  type Calibration,
  calibrationMeter,
  calibrationOf,
  type CalibrationOptions,
  confidence,
  reliabilityChart,
  reliabilityDiagram,
} from '../src/index.ts';

interface Case {
  readonly options: CalibrationOptions;
  readonly labels: Nested;
  readonly outputs: Nested;
  readonly errors?: Readonly<Partial<Record<keyof Calibration, number>>>;
  readonly curve?: { readonly accuracy: readonly number[]; readonly confidence: readonly number[] };
}

const { cases, tolerance } = loadGolden<Readonly<Record<string, Case>>>(
  new URL('./golden/calibration.json', import.meta.url),
);

beforeAll(() => presentDevices(['cpu']));

function tensorsOf({ labels, outputs }: Case): { labels: tf.Tensor; outputs: tf.Tensor } {
  const [given, logits] = [tf.tensor(labels as tf.TensorLike), tf.tensor(outputs as tf.TensorLike)];
  return { labels: given.rank === logits.rank ? given : tf.cast(given, 'int32'), outputs: logits };
}

/** In one batch, or row by row. */
async function measured(given: Case, batch: number): Promise<Calibration> {
  const { labels, outputs } = tensorsOf(given);
  const meter = calibrationMeter(given.options);
  for (let first = 0; first < outputs.shape[0]!; first += batch) {
    const size = Math.min(batch, outputs.shape[0]! - first);
    await meter.add(tf.slice(labels, [first], [size]), tf.slice(outputs, [first], [size]));
  }
  return meter.result();
}

describe('calibration errors are those of torchmetrics, netcal and scikit-learn, in batches of any size:', () => {
  it.each(Object.entries(cases))('%s', async (_, given) => {
    for (const batch of [1000, 7]) {
      const calibration = await measured(given, batch);
      for (const [name, wanted] of Object.entries(given.errors ?? {})) {
        expectClose([calibration[name as 'expectedError']], [wanted], tolerance);
      }
      if (!given.curve) continue;
      const filled = calibration.bins.filter(({ count }) => count > 0);
      expectClose(
        filled.map(({ accuracy }) => accuracy),
        given.curve.accuracy,
        tolerance,
      );
      expectClose(
        filled.map(({ confidence }) => confidence),
        given.curve.confidence,
        tolerance,
      );
    }
  });
});

describe('a calibration', () => {
  it('puts each prediction into one bin, those of 0 and 1 too', async () => {
    for (const binning of ['equal-width', 'equal-mass'] as const) {
      const meter = calibrationMeter({ bins: 4, binning, from: 'probabilities', activation: 'sigmoid' });
      await meter.add(tf.tensor2d([[0], [1], [1], [0], [1]]), tf.tensor2d([[0], [0.25], [0.5], [1], [1]]));
      const { bins } = meter.result();
      expect(bins.map(({ count }) => count).reduce((a, b) => a + b)).toBe(5);
      expect(bins).toHaveLength(4);
    }
  });

  it('is perfect where confidences are kept', async () => {
    const meter = calibrationMeter({ from: 'probabilities' });
    const outputs = tf.tensor2d([
      [0.75, 0.25],
      [0.75, 0.25],
      [0.75, 0.25],
      [0.75, 0.25],
    ]);
    await meter.add(tf.tensor1d([0, 0, 0, 1], 'int32'), outputs);
    const { expectedError, maximumError, accuracy, confidence } = meter.result();
    expect([expectedError, maximumError, accuracy, confidence]).toEqual([0, 0, 0.75, 0.75]);
  });

  it('stays finite at logits of +-1e4', async () => {
    const meter = calibrationMeter();
    await meter.add(
      tf.tensor1d([1, 0], 'int32'),
      tf.tensor2d([
        [1e4, -1e4],
        [1e4, -1e4],
      ]),
    );
    const { negativeLogLikelihood, expectedError } = meter.result();
    expect(negativeLogLikelihood).toBe(1e4);
    expect(expectedError).toBe(0.5);
  });

  it('reads the tensors it is given and leaves them', async () => {
    const [labels, outputs] = [tf.tensor1d([1], 'int32'), tf.tensor2d([[1, 2]])];
    const before = tf.memory().numTensors;
    await calibrationMeter().add(labels, outputs);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('calibrationOf', () => {
  it('measures a trainer over a dataset of batches and leaves nothing behind', async () => {
    const trainer = tinyTrainer();
    await trainer.fit(tinyData(), { epochs: 1 });
    const meter = calibrationMeter({ bins: 5 });
    for (const batch of tinyData().batches({ seed: 0, epoch: 0, start: 0 }) as Iterable<Host>) {
      const outputs = (await trainer.predict(batch.inputs)) as tf.Tensor;
      await meter.add(tf.tensor1d(batch.targets.values, 'int32'), outputs);
    }
    const before = tf.memory().numTensors;
    expect(await calibrationOf(trainer, tinyData(), { bins: 5 })).toEqual(meter.result());
    expect(tf.memory().numTensors).toBe(before);
    trainer.dispose();
  });

  it('agrees with the exact metrics of the trainer', async () => {
    const trainer = tinyTrainer([], { metrics: [brierScore(), confidence()] });
    const logs = await trainer.evaluate(tinyData({ examples: 20 }));
    const calibration = await calibrationOf(trainer, tinyData({ examples: 20 }));
    expectClose(
      [logs['brierScore']!, logs['confidence']!],
      [calibration.brierScore, calibration.confidence],
      tolerance,
    );
    expectClose([logs['loss']!], [calibration.negativeLogLikelihood], tolerance);
    trainer.dispose();
  });

  it('takes targets and outputs by name', async () => {
    const source = {
      stepsPerEpoch: 1,
      *batches() {
        const targets = { digit: tf.tensor1d([0], 'int32'), other: tf.tensor1d([1], 'int32') };
        yield { inputs: tf.zeros([1, 1]), targets };
      },
    };
    const predict = async () => ({ digit: tf.tensor2d([[0, 0]]), other: tf.tensor2d([[9, 0]]) });
    expect((await calibrationOf({ predict }, source, { output: 'digit' })).confidence).toBe(0.5);
    await expect(calibrationOf({ predict }, source)).rejects.toThrow('the batch has digit, other');
  });
});

interface Host {
  readonly inputs: { readonly values: Float32Array; readonly shape: readonly number[] };
  readonly targets: { readonly values: Int32Array };
}

describe('brierScore', () => {
  it('is the same for indices and for their one-hot form', () => {
    const [labels, outputs] = [
      tf.tensor1d([2, 0], 'int32'),
      tf.tensor2d([
        [1, 2, 3],
        [0, 1, -1],
      ]),
    ];
    const dense = brierScore().compute(tf.cast(tf.oneHot(labels, 3), 'float32'), outputs);
    expectClose(brierScore().compute(labels, outputs), dense.arraySync(), tolerance);
  });
});

describe('a reliability diagram', () => {
  const calibration = (): Promise<Calibration> => measured(cases['3 classes, 5 bins']!, 100);

  it('is an SVG image with a bar, a gap and a count for each bin that holds predictions', async () => {
    const given = await calibration();
    const svg = reliabilityDiagram(given, { title: 'a < b & "c"' });
    const filled = given.bins.filter(({ count }) => count > 0).length;
    expect(svg.match(/class="gap"/g)).toHaveLength(filled);
    expect(svg.match(/fill="#4878a8"/g)).toHaveLength(filled);
    expect(svg).toContain('a &#60; b &#38; &#34;c&#34;');
    expect(svg).toContain(`ECE ${(100 * given.expectedError).toFixed(1)} %`);
    expect(svg).not.toContain('NaN');
  });

  it('puts a bar as high as the accuracy is', async () => {
    const meter = calibrationMeter({ bins: 2, from: 'probabilities' });
    await meter.add(
      tf.tensor1d([0, 1], 'int32'),
      tf.tensor2d([
        [1, 0],
        [1, 0],
      ]),
    );
    expect(reliabilityDiagram(meter.result(), { size: 200 })).toContain(
      '<rect x="144" y="112" width="100" height="100" fill="#4878a8"',
    );
  });

  it('is lines of text for the terminal', async () => {
    const meter = calibrationMeter({ bins: 2, from: 'probabilities' });
    await meter.add(
      tf.tensor1d([0, 1], 'int32'),
      tf.tensor2d([
        [0.75, 0.25],
        [0.75, 0.25],
      ]),
    );
    expect(reliabilityChart(meter.result()).split('\n')).toEqual([
      `confidence   accuracy${' '.repeat(41)}predictions`,
      `0.50 - 1.00  ${'#'.repeat(20)}${' '.repeat(10)}|${' '.repeat(10)}  50 %            2`,
      'ECE 25.0 %, MCE 25.0 %, accuracy 50.0 %, confidence 75.0 %',
    ]);
  });
});
