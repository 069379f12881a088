import { openDevice } from '@cantrip/core-tensor-gpu';
import { readSafetensors, type SafeTensor, writeSafetensors } from '@cantrip/safetensors';
import { exportWeights, importWeights, torchNames } from '@cantrip/weights';
import * as tf from '@tensorflow/tfjs-core';
import { layers, type LayersModel, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';

beforeAll(() => openDevice('cpu'));

const small = (): LayersModel =>
  sequential({
    layers: [
      layers.dense({ units: 3, inputShape: [2], name: 'first' }),
      layers.batchNormalization({ name: 'norm' }),
      layers.dense({ units: 3, name: 'second', useBias: false }),
    ],
  });

const numbers = (shape: readonly number[], first: number): SafeTensor => {
  const size = shape.reduce((all, one) => all * one, 1);
  const values = Float32Array.from({ length: size }, (_, index) => first + index);
  return { dtype: 'F32', shape, bytes: new Uint8Array(values.buffer) };
};

/** Weights that fit {@link small}, by PyTorch's names. */
const fitting = (): Map<string, SafeTensor> =>
  new Map([
    ['first.weight', numbers([3, 2], 1)],
    ['first.bias', numbers([3], 10)],
    ['norm.weight', numbers([3], 20)],
    ['norm.bias', numbers([3], 30)],
    ['norm.running_mean', numbers([3], 40)],
    ['norm.running_var', numbers([3], 50)],
    ['second.weight', numbers([3, 3], 60)],
  ]);

const torch = { names: torchNames(), layout: 'pytorch' } as const;

const valuesOf = (model: LayersModel): readonly string[] =>
  model.weights.map((weight) => String(weight.read().dataSync()));

describe('importWeights', () => {
  it('turns matrices and names of PyTorch around', () => {
    const model = small();
    const { loaded } = importWeights(model, fitting(), torch);
    expect(loaded).toEqual([
      'first/kernel',
      'first/bias',
      'norm/gamma',
      'norm/beta',
      'norm/moving_mean',
      'norm/moving_variance',
      'second/kernel',
    ]);
    const [kernel] = model.getLayer('first').getWeights();
    expect(kernel!.arraySync()).toEqual([
      [1, 3, 5],
      [2, 4, 6],
    ]);
    const norm = model
      .getLayer('norm')
      .weights.map((weight) => [weight.originalName, weight.read().arraySync()]);
    expect(Object.fromEntries(norm)).toEqual({
      'norm/gamma': [20, 21, 22],
      'norm/beta': [30, 31, 32],
      'norm/moving_mean': [40, 41, 42],
      'norm/moving_variance': [50, 51, 52],
    });
  });

  it('lists every missing, extra and misshapen name in one error, and changes nothing', () => {
    const model = small();
    const before = valuesOf(model);
    const tensors = fitting();
    tensors.delete('first.bias');
    tensors.delete('norm.weight');
    tensors.set('stem.weight', numbers([1], 0));
    tensors.set('second.weight', numbers([5, 3], 0));
    tensors.set('norm.bias', { dtype: 'I64', shape: [3], bytes: new Uint8Array(24) });
    expect(() => importWeights(model, tensors, torch)).toThrow(
      '[importWeights] misses first/bias (first.bias), norm/gamma (norm.weight); has no place for stem.weight; ' +
        'has another shape or type than the file: norm/beta wants F32, F64, F16, BF16, the file has I64, ' +
        'second/kernel wants [3, 3], the file has second.weight [5, 3]. ',
    );
    expect(valuesOf(model)).toEqual(before);
  });

  it('reports what a partial import left out, and keeps it as it was', () => {
    const model = small();
    const [, before] = model.getLayer('first').getWeights();
    const bias = before!.arraySync();
    const tensors = fitting();
    tensors.delete('first.bias');
    tensors.set('head.weight', numbers([1], 0));
    tensors.set('second.weight', numbers([5, 3], 0));
    const partial = ['missing', 'extra', 'misshapen'] as const;
    const { missing, extra, misshapen, loaded } = importWeights(model, tensors, { ...torch, partial });
    expect({ missing, extra, misshapen }).toEqual({
      missing: ['first/bias'],
      extra: ['head.weight'],
      misshapen: ['second/kernel'],
    });
    expect(loaded).toHaveLength(5);
    expect(model.getLayer('first').getWeights()[1]!.arraySync()).toEqual(bias);
  });

  it('refuses another shape in a partial import, unless that is allowed by name', () => {
    const tensors = fitting();
    tensors.set('second.weight', numbers([5, 3], 0));
    expect(() => importWeights(small(), tensors, { ...torch, partial: true })).toThrow(
      'second.weight [5, 3]',
    );
  });

  it('refuses a partial import that would load nothing', () => {
    expect(() => importWeights(small(), fitting(), { partial: true })).toThrow(
      '[importWeights] finds no weight that it could use',
    );
  });

  it('refuses names that give two weights the same values', () => {
    const names = (): string => 'norm.bias';
    expect(() => importWeights(small(), fitting(), { names, partial: true })).toThrow(
      'wants more than once norm.bias',
    );
  });

  it('needs a layout for names of PyTorch, because a square matrix fits in both', () => {
    expect(() => importWeights(small(), fitting(), { names: torchNames() })).toThrow(
      '[importWeights] has a name of PyTorch, first.weight for first/kernel, but no layout. Set layout to ',
    );
    const square = sequential({
      layers: [layers.dense({ units: 3, inputShape: [3], useBias: false, name: 'second' })],
    });
    const tensors = new Map([['second.weight', fitting().get('second.weight')!]]);
    importWeights(square, tensors, { names: torchNames(), layout: 'tensorflow' });
    expect(square.getWeights()[0]!.arraySync()).toEqual([
      [60, 61, 62],
      [63, 64, 65],
      [66, 67, 68],
    ]);
    importWeights(square, tensors, torch);
    expect(square.getWeights()[0]!.arraySync()).toEqual([
      [60, 63, 66],
      [61, 64, 67],
      [62, 65, 68],
    ]);
  });

  it('leaves out what names leaves out, and what ignore names', () => {
    const model = small();
    const isHead = (name: string): boolean => name === 'second/kernel';
    const { missing } = importWeights(model, fitting(), {
      layout: 'pytorch',
      names: (name) => (isHead(name) ? undefined : torch.names(name)),
      ignore: ['second.*'],
    });
    expect(missing).toEqual(['second/kernel']);
  });

  it('reads half floats, brain floats and doubles as float32', () => {
    const model = sequential({
      layers: [layers.dense({ units: 1, inputShape: [3], useBias: false, name: 'one' })],
    });
    const read = (dtype: SafeTensor['dtype'], bits: ArrayBufferView): unknown => {
      const bytes = new Uint8Array(bits.buffer);
      importWeights(model, new Map([['one/kernel', { dtype, shape: [3, 1], bytes }]]));
      return Array.from(model.getWeights()[0]!.dataSync());
    };
    // By hand: 1.5, -2 and the smallest half float, 2^-24.
    expect(read('F16', Uint16Array.of(0x3e00, 0xc000, 0x0001))).toEqual([1.5, -2, 2 ** -24]);
    expect(read('BF16', Uint16Array.of(0x3fc0, 0xc000, 0x0000))).toEqual([1.5, -2, 0]);
    expect(read('F64', Float64Array.of(1.5, 0.1, -2))).toEqual([1.5, Math.fround(0.1), -2]);
  });

  it('takes variables by name, with a layout for each', () => {
    const kernel = tf.variable(tf.zeros([2, 3]));
    const tensors = new Map([['w', numbers([3, 2], 1)]]);
    importWeights({ kernel }, tensors, { names: { kernel: 'w' }, layout: () => 'matrix' });
    expect(kernel.arraySync()).toEqual([
      [1, 3, 5],
      [2, 4, 6],
    ]);
    expect(() => importWeights({ kernel }, tensors, { layout: 'pytorch' })).toThrow(
      "[importWeights] layout 'pytorch' needs a LayersModel",
    );
    kernel.dispose();
  });

  it('has no rule for recurrent layers, and says so', () => {
    const lstm = layers.simpleRNN({
      units: 2,
      inputShape: [3, 2],
      recurrentInitializer: 'zeros',
      name: 'rnn',
    });
    expect(() => importWeights(sequential({ layers: [lstm] }), new Map(), torch)).toThrow(
      "[importWeights] has no rule for PyTorch's layout of rnn/kernel, a weight of SimpleRNN. ",
    );
  });

  it('leaks no tensor', () => {
    const model = small();
    const { numTensors } = tf.memory();
    importWeights(model, fitting(), torch);
    expect(tf.memory().numTensors).toBe(numTensors);
  });
});

describe('exportWeights', () => {
  it('gives the names of the parameters, and a file that is read again to the bit', async () => {
    const [model, other] = [small(), small()];
    const file = writeSafetensors(await exportWeights(model));
    const { tensors } = readSafetensors(file);
    expect([...tensors.keys()].sort()).toEqual(model.weights.map(({ originalName }) => originalName).sort());
    importWeights(other, tensors);
    expect(valuesOf(other)).toEqual(valuesOf(model));
  });

  it('writes other values in place of those of the model', async () => {
    const model = small();
    const tensors = await exportWeights(model, { values: { 'first/bias': tf.tensor1d([7, 8, 9]) } });
    expect(new Float32Array(tensors.get('first/bias')!.bytes.buffer)).toEqual(Float32Array.of(7, 8, 9));
    const wrong = { 'first/bias': tf.zeros([2]), other: tf.zeros([1]) };
    await expect(exportWeights(model, { values: wrong })).rejects.toThrow(
      'first/bias is float32 [2], in the model float32 [3]; the model has no other',
    );
  });

  it('needs a layout for names of PyTorch', async () => {
    await expect(exportWeights(small(), { names: torchNames() })).rejects.toThrow(
      '[exportWeights] has a name of PyTorch, first.weight for first/kernel, but no layout. ',
    );
  });

  it('refuses one name for two weights', async () => {
    await expect(exportWeights(small(), { names: () => 'w' })).rejects.toThrow(
      '[exportWeights] has two weights for the name w, one of them first/bias. ',
    );
  });
});
