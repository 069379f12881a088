import { openDevice } from '@cantrip/core-tensor-gpu';
import {
  input,
  layers,
  type LayersModel,
  model,
  sequential,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { mul, serialization, type Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { formatSummary, modelSummary, type ModelSummary } from '@cantrip/inspect';

await openDevice('cpu');

const symbolic = (value: unknown): SymbolicTensor => value as SymbolicTensor;
const row = ({ layers: rows }: ModelSummary, name: string): ModelSummary['layers'][number] =>
  rows.find((one) => one.name === name)!;

describe('modelSummary', () => {
  it('counts the parameters of a layer that is called twice once, and its FLOPs twice', () => {
    const [left, right] = [input({ shape: [16, 16, 1] }), input({ shape: [28, 28, 1] })];
    const conv = layers.conv2d({ filters: 1, kernelSize: 3, padding: 'same' });
    const twice = modelSummary(
      model({ inputs: [left, right], outputs: [symbolic(conv.apply(left)), symbolic(conv.apply(right))] }),
    );
    expect(twice.parameters).toBe(10);
    expect(row(twice, 'conv2d_1')).toMatchObject({
      calls: 2,
      outputShapes: [
        [1, 16, 16, 1],
        [1, 28, 28, 1],
      ],
      flops: 2 * 9 * (16 * 16 + 28 * 28),
      activationBytes: 4 * (16 * 16 + 28 * 28),
    });
  });

  it('counts every time step of a recurrent layer', () => {
    const lstm = (steps: number): number =>
      modelSummary(sequential({ layers: [layers.lstm({ units: 4, inputShape: [steps, 3] })] })).flops;
    expect(lstm(100)).toBe(10 * lstm(10));
  });

  it('counts every place at which a dense layer is used, not one alone', () => {
    const summary = modelSummary(
      sequential({ layers: [layers.dense({ units: 256, inputShape: [22528, 64] })] }),
    );
    expect(summary.flops).toBe(2 * 22528 * 64 * 256);
  });

  it('shows what is frozen now, in a frozen model within another too', () => {
    const inner = sequential({ layers: [layers.dense({ units: 3, inputShape: [2] })] });
    const whole = sequential({ layers: [inner, layers.dense({ units: 1 })] });
    expect(modelSummary(whole)).toMatchObject({ parameters: 13, trained: 13, frozen: 0 });
    inner.trainable = false;
    expect(modelSummary(whole)).toMatchObject({ parameters: 13, trained: 4, frozen: 9 });
    inner.trainable = true;
    expect(modelSummary(whole).trained).toBe(13);
  });

  it('says so where the FLOPs of a layer are not known, and takes them from the user', () => {
    const summary = modelSummary(ownModel());
    expect(summary).toMatchObject({ flops: 2 * 4 * 4, unknownFlops: ['twofold_1'] });
    expect(formatSummary(summary)).toMatch(/^all .* ≥ 32 /m);
    expect(formatSummary(summary)).toContain('The FLOPs of twofold_1 are not known.');
    const known = modelSummary(ownModel(), { flops: { Twofold: ({ inputs }) => inputs[0]!.at(-1)! } });
    expect(known).toMatchObject({ flops: 2 * 4 * 4 + 4, unknownFlops: [] });
  });

  it('leaves sizes open that the model leaves open, and takes them from inputShapes', () => {
    const text = sequential({
      layers: [
        layers.embedding({ inputDim: 50, outputDim: 8, batchInputShape: [null, null] }),
        layers.globalAveragePooling1d(),
        layers.dense({ units: 2 }),
      ],
    });
    expect(modelSummary(text)).toMatchObject({ flops: 32, unknownSizes: ['embedding_1'] });
    expect(formatSummary(modelSummary(text))).toMatch(/^embedding_1 +Embedding +1 × \? × 8 .*\?$/m);
    expect(modelSummary(text, { inputShapes: [20] })).toMatchObject({
      unknownSizes: [],
      activationBytes: 4 * (20 * 8 + 8 + 2),
    });
  });

  it('takes the shapes of a nested model from where it is used', () => {
    const open = sequential({
      layers: [layers.conv2d({ filters: 2, kernelSize: 3, batchInputShape: [null, null, null, 3] })],
    });
    const image = input({ shape: [8, 8, 3] });
    const summary = modelSummary(model({ inputs: image, outputs: symbolic(open.apply(image)) }));
    expect(summary).toMatchObject({ flops: 2 * 27 * 2 * 36, unknownFlops: [] });
  });

  it('does not count calls in other models that share the layers', () => {
    const [one, other] = [input({ shape: [4] }), input({ shape: [4] })];
    const dense = layers.dense({ units: 4 });
    const first = model({ inputs: one, outputs: symbolic(dense.apply(one)) });
    model({ inputs: other, outputs: symbolic(dense.apply(dense.apply(other) as SymbolicTensor)) });
    expect(row(modelSummary(first), 'dense_1')).toMatchObject({ calls: 1, flops: 32 });
  });

  it.each<[string, () => unknown, string]>([
    [
      'no model',
      () => modelSummary({} as LayersModel),
      '[modelSummary] model must be a LayersModel, got an object of Object. Pass what tf.sequential or tf.model returned. (MODEL_INVALID)',
    ],
    [
      'a function',
      () => modelSummary((() => 1) as unknown as LayersModel),
      'Use functionSummary for a model that is a function. (MODEL_INVALID)',
    ],
    [
      'a model without shapes',
      () => modelSummary(sequential()),
      '[modelSummary] the model has no shapes yet. Give its first layer an inputShape, or call model.build(shape). (MODEL_INVALID)',
    ],
    [
      'another batch size than the model fixes',
      () => modelSummary(fixedModel(), { batchSize: 3 }),
      '[modelSummary] batchSize must be 2, which the inputs of the model fix, got 3. Leave batchSize out. (OPTION_INVALID)',
    ],
    [
      'the shape of an input that does not exist',
      () => modelSummary(fixedModel(), { inputShapes: { images: [4] } }),
      '[modelSummary] inputShapes must name inputs of the model, got images.',
    ],
    [
      'a shape that does not fit',
      () => modelSummary(fixedModel(), { inputShapes: [5] }),
      'inputShapes of only must fit [4], got [5]. Give the shape of one example, without the batch. (OPTION_INVALID)',
    ],
    [
      'FLOPs that are none',
      () => modelSummary(ownModel(), { flops: { Twofold: () => Number.NaN } }),
      '[modelSummary] flops.Twofold must return a number of at least 0, got NaN.',
    ],
    [
      'no summary',
      () => formatSummary({} as ModelSummary),
      '[formatSummary] summary must be what modelSummary returned, got an object of Object. Write formatSummary(modelSummary(model)). (OPTION_INVALID)',
    ],
  ])('refuses %s', (_, call, message) => {
    expect(call).toThrow(message);
  });
});

describe('formatSummary', () => {
  it('prints one line a layer, and one for all', () => {
    const net = sequential({
      layers: [layers.dense({ units: 10, inputShape: [784] }), layers.batchNormalization()],
    });
    expect(formatSummary(modelSummary(net, { batchSize: 32 }))).toBe(
      `
layer                  kind                output   calls  parameters  trained  FLOPs  weights  activations
───────────────────────────────────────────────────────────────────────────────────────────────────────────
dense_1                Dense               32 × 10      1       7,850    7,850  502 k  31.4 kB      1.28 kB
batch_normalization_1  BatchNormalization  32 × 10      1          40       20      0    160 B      1.28 kB
───────────────────────────────────────────────────────────────────────────────────────────────────────────
all                                                     2       7,890    7,870  502 k  31.6 kB      2.56 kB
FLOPs and activations of one forward pass of 32 examples; a multiply-add is 2 FLOPs.`.trim(),
    );
  });
});

/** A layer that nobody knows. */
class Twofold extends layers.Layer {
  static className = 'Twofold';
  override call(inputs: Tensor | Tensor[]): Tensor {
    return mul([inputs].flat()[0]!, 2);
  }
}
serialization.registerClass(Twofold);

function ownModel(): LayersModel {
  return sequential({ layers: [layers.dense({ units: 4, inputShape: [4] }), new Twofold({})] });
}

function fixedModel(): LayersModel {
  const only = input({ batchShape: [2, 4], name: 'only' });
  return model({ inputs: only, outputs: symbolic(layers.dense({ units: 1 }).apply(only)) });
}
