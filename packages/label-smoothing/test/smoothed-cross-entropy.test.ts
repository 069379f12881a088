import { sgd } from '@cantrip/optimizers';
import { expectClose, presentDevices, testTrick, tinyData, tinyTrainer } from '@cantrip/testing';
import {
  type BatchSource,
  type Logs,
  type Loss,
  type Plugin,
  softmaxCrossEntropy,
  type TrainerOptions,
} from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { labelSmoothing, type LabelSmoothingOptions, smoothedCrossEntropy } from '../src/index.ts';

const close = { absolute: 1e-5, relative: 1e-5 };
const devices = await presentDevices(['cpu', 'tensorflow']);
/** Every way to run a step: op by op, and captured where that can be. */
const ways: readonly Partial<TrainerOptions>[] = devices.flatMap((device) => [
  { device, capture: false },
  ...(device === 'tensorflow' ? [{ device, capture: true }] : []),
]);

beforeAll(() => presentDevices(['cpu']));

// The loss of each trainer reads the plugin of this trainer.
testTrick(
  {
    name: 'label-smoothing',
    create: () => labelSmoothing({ smoothing: 0.2 }),
    identity: () => labelSmoothing({ smoothing: 0 }),
    devices: ['tensorflow', 'wasm'],
    options: (smoothing) => ({ loss: smoothedCrossEntropy({ smoothing }) }),
    optionsWithout: { loss: smoothedCrossEntropy({ smoothing: 0 }) },
  },
  { describe, it },
);

/** A plugin and the loss that was made with it. */
function linked(options: LabelSmoothingOptions): { readonly plugin: Plugin; readonly loss: Loss } {
  const plugin = labelSmoothing(options);
  return { plugin, loss: smoothedCrossEntropy({ smoothing: plugin }) };
}

async function logsOf(
  plugins: readonly Plugin[],
  options: Partial<TrainerOptions>,
  data: BatchSource = tinyData(),
): Promise<readonly Logs[]> {
  const trainer = tinyTrainer(plugins, { metrics: [], ...options });
  const { epochs } = await trainer.fit(data, { epochs: 3, validation: tinyData({ examples: 9 }) });
  trainer.dispose();
  return epochs;
}

function expectSame(actual: readonly Logs[], wanted: readonly Logs[]): void {
  expect(actual.map((logs) => Object.keys(logs))).toEqual(wanted.map((logs) => Object.keys(logs)));
  const values = (epochs: readonly Logs[]): number[] => epochs.flatMap((logs) => Object.values(logs));
  expectClose(values(actual), values(wanted), close);
}

describe.each(ways)('a smoothedCrossEntropy on $device, captured: $capture', (way) => {
  it('trains and validates with a plugin as the plugin does with any loss', async () => {
    const { plugin, loss } = linked({ smoothing: 0.2 });
    const wanted = await logsOf([labelSmoothing({ smoothing: 0.2 })], {
      ...way,
      loss: softmaxCrossEntropy(),
    });
    expectSame(await logsOf([plugin], { ...way, loss }), wanted);
  });

  it('follows a smoothing that changes from step to step', async () => {
    const smoothing = (step: number): number => 0.5 - 0.05 * step;
    const wanted = await logsOf([labelSmoothing({ smoothing })], {
      device: 'cpu',
      loss: softmaxCrossEntropy(),
    });
    const { plugin, loss } = linked({ smoothing });
    expectSame(await logsOf([plugin], { ...way, loss }), wanted);
    const constant = await logsOf([labelSmoothing({ smoothing: 0.5 })], { ...way });
    expect(Math.abs(constant[1]!['loss']! - wanted[1]!['loss']!)).toBeGreaterThan(0.01);
  });

  it('follows a smoothing by class and a confidence penalty', async () => {
    const options = { smoothing: [0.1, 0.2, 0.4], confidencePenalty: (step: number) => 0.1 * step };
    const wanted = await logsOf([labelSmoothing(options)], { device: 'cpu', loss: softmaxCrossEntropy() });
    const { plugin, loss } = linked(options);
    expectSame(await logsOf([plugin], { ...way, loss }), wanted);
    expectSame(await logsOf([labelSmoothing(options)], { ...way, loss: softmaxCrossEntropy() }), wanted);
  });

  it('leaves out ignored labels', async () => {
    const loss = smoothedCrossEntropy({ ignoreIndex: -100, smoothing: 0.1 });
    const logs = await logsOf([], { ...way, loss }, withIgnored(tinyData()));
    expect(logs.every(({ loss }) => Number.isFinite(loss) && loss! > 0)).toBe(true);
  });
});

describe('a smoothedCrossEntropy', () => {
  it('names an index that is neither a class nor ignored, and how many classes there are', async () => {
    const loss = smoothedCrossEntropy({ ignoreIndex: -1 });
    await expect(logsOf([], { loss }, withIgnored(tinyData()))).rejects.toThrow(
      /target 0 of the batch is class -100, .* 3 classes.*LABEL_OUT_OF_RANGE/,
    );
  });

  it('lets the trainer find a label that is out of range where none is ignored', async () => {
    const loss = smoothedCrossEntropy();
    await expect(logsOf([], { loss }, withIgnored(tinyData()))).rejects.toThrow('LABEL_OUT_OF_RANGE');
  });

  it('smooths training and validation alike without a plugin', async () => {
    const { compute } = smoothedCrossEntropy({ smoothing: 0.3 });
    const [labels, logits] = [tf.tensor1d([1], 'int32'), tf.tensor2d([[1, 5, 2]])];
    const trainer = tinyTrainer([], { loss: smoothedCrossEntropy({ smoothing: 0.3 }), metrics: [] });
    const plain = tinyTrainer([], { loss: smoothedCrossEntropy(), metrics: [] });
    const losses = [await trainer.evaluate(tinyData()), await plain.evaluate(tinyData())];
    expect(losses[0]!['loss']).not.toBe(losses[1]!['loss']);
    expect(compute(labels, logits).dataSync()[0]).toBeGreaterThan(0.5);
    trainer.dispose();
    plain.dispose();
  });

  it('is not smoothed after a step that failed', async () => {
    const { plugin, loss } = linked({ smoothing: 0.5 });
    const broken: Plugin = {
      name: 'broken',
      transformTargets: () => {
        throw new Error('out of order');
      },
    };
    const sharp = { ...softmaxCrossEntropy(), name: 'sharp' };
    const trainer = tinyTrainer([plugin, broken], { loss, metrics: [sharp] });
    await expect(trainer.fit(tinyData(), { epochs: 1 })).rejects.toThrow('out of order');
    const logs = await trainer.evaluate(tinyData());
    expectClose([logs['loss']!], [logs['sharp']!], close);
    trainer.dispose();
  });

  it.each(ways)('smooths by the plugin where another trainer has the linked loss: %o', async (way) => {
    const smoothing = { smoothing: 0.3 };
    const alone = await logsOf([labelSmoothing(smoothing)], { ...way, loss: softmaxCrossEntropy() });
    const plugin = labelSmoothing(smoothing);
    const options = { ...way, metrics: [] };
    const other = tinyTrainer([plugin], { ...options, loss: softmaxCrossEntropy() });
    const validation = tinyData({ examples: 9 });
    const first = await other.fit(tinyData(), { epochs: 1, validation });
    // Made and used while the other trainer is alive.
    const own = tinyTrainer([plugin], { ...options, loss: smoothedCrossEntropy({ smoothing: plugin }) });
    const epochs = [...first.epochs];
    const linkedEpochs: Logs[] = [];
    for (const count of [1, 2, 3]) {
      linkedEpochs.push(...(await own.fit(tinyData(), { epochs: count, validation })).epochs);
      epochs.push(...(await other.fit(tinyData(), { epochs: count, validation })).epochs);
    }
    expectSame(epochs, alone);
    expectSame(linkedEpochs, alone);
    for (const trainer of [other, own]) trainer.dispose();
  });

  it('changes no plugin by being made', async () => {
    const { plugin } = linked({ smoothing: 0.1 });
    const options = { loss: softmaxCrossEntropy() };
    expectSame(await logsOf([plugin], options), await logsOf([labelSmoothing({ smoothing: 0.1 })], options));
  });

  it('refuses what its plugin decides', () => {
    const smoothing = labelSmoothing();
    expect(() => smoothedCrossEntropy({ smoothing, activation: 'sigmoid' })).toThrow(
      '[smoothedCrossEntropy] activation must be an option of the labelSmoothing plugin, not of this loss',
    );
    expect(() => smoothedCrossEntropy({ smoothing, prior: [0.5, 0.5] })).toThrow(
      'Write labelSmoothing({ prior: … })',
    );
    expect(() => smoothedCrossEntropy({ smoothing, confidencePenalty: 0.1 })).toThrow(
      'Write labelSmoothing({ confidencePenalty: … })',
    );
  });

  it('trains several outputs, each with its smoothing', async () => {
    const plugin = labelSmoothing({ smoothing: 0.3, output: ['digit', 'parity'] });
    const targets = { digit: tf.tensor1d([1], 'int32'), parity: tf.tensor1d([1], 'int32') };
    const outputs = { digit: tf.zeros([1, 3]), parity: tf.zeros([1, 2]) };
    const locals = { lossSmooths: false };
    const smoothed = plugin.transformTargets!(targets, { scalars: {}, outputs, locals } as never);
    const { digit, parity } = smoothed as typeof targets;
    expectClose(digit, [[0.1, 0.8, 0.1]], close);
    expectClose(parity, [[0.15, 0.85]], close);
  });

  it('learns multi-label targets with a sigmoid', async () => {
    const plugin = labelSmoothing({ smoothing: 0.1, activation: 'sigmoid' });
    const trainer = tinyTrainer([plugin], {
      model: () => sequential({ layers: [layers.dense({ units: 2, inputShape: [2] })] }),
      optimizer: sgd({ learningRate: 1 }),
      loss: smoothedCrossEntropy({ smoothing: plugin, sumClasses: true }),
      metrics: [],
    });
    const { epochs } = await trainer.fit(yesOrNo, { epochs: 30 });
    // The best loss is twice the entropy of 0.95: -(0.95 ln 0.95 + 0.05 ln 0.05) = 0.1985.
    expect(epochs.at(-1)!['loss']).toBeGreaterThan(2 * 0.1985);
    expect(epochs.at(-1)!['loss']).toBeLessThan(0.75);
    trainer.dispose();
  });
});

describe('a function of the step', () => {
  it('that leaves its range is an error that says where', async () => {
    const smoothing = (step: number): number => step / 2;
    await expect(logsOf([labelSmoothing({ smoothing })], {})).rejects.toThrow(
      '[label-smoothing] smoothing must be a number in [0, 1), got 1 at step 2',
    );
    const confidencePenalty = (): number => -1;
    await expect(logsOf([labelSmoothing({ confidencePenalty })], {})).rejects.toThrow(
      'confidencePenalty must be a number >= 0 and < Infinity, got -1 at step 0',
    );
  });
});

function withIgnored(data: BatchSource): BatchSource {
  return {
    stepsPerEpoch: data.stepsPerEpoch,
    *batches(request) {
      for (const batch of data.batches(request) as Iterable<HostBatch>) {
        const values = batch.targets.values.map((label, i) => (i % 3 === 0 ? -100 : label));
        yield { ...batch, targets: { ...batch.targets, values } };
      }
    },
  };
}

interface HostBatch {
  readonly inputs: { readonly values: Float32Array; readonly shape: readonly number[] };
  readonly targets: { readonly values: Int32Array; readonly shape: readonly number[] };
  readonly size: number;
}

const yesOrNo: BatchSource = {
  stepsPerEpoch: 1,
  *batches() {
    const values = Float32Array.of(1, -1, -1, 1, 1, 1, -1, -1);
    const answers = values.map((value) => (value > 0 ? 1 : 0));
    yield {
      inputs: { values, shape: [4, 2] },
      targets: { values: answers, shape: [4, 2] },
      size: 4,
    };
  },
};
