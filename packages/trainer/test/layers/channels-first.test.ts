import { sgd } from '@cantrip/optimizers';
import { seed } from '@cantrip/seed';
import { presentDevices } from '@cantrip/testing';
import { arrayDataset, type Dataset } from '@cantrip/data';
import { createTrainer, meanSquaredError, type TrainerOptions } from '@cantrip/trainer';
import * as tfl from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { buildLayer } from './build-layer.ts';

const image = [5, 6, 2];
const film = [3, 4, 4, 2];
const frames = [3, 4, 5, 2];

type Options = Readonly<Record<string, unknown>>;

/** Every layer of TensorFlow.js that takes a `dataFormat`, with a shape that has channels last. */
const rows: readonly (readonly [name: string, shape: readonly number[], options: Options])[] = [
  ['averagePooling2d', image, { poolSize: 2, padding: 'same' }],
  ['averagePooling3d', film, { poolSize: 2 }],
  ['conv2d', image, { filters: 3, kernelSize: 2, strides: 2, padding: 'same' }],
  ['conv2d', image, { filters: 3, kernelSize: 2, dilationRate: 2 }],
  ['conv2dTranspose', image, { filters: 3, kernelSize: 2, strides: 2 }],
  ['conv3d', film, { filters: 3, kernelSize: 2 }],
  ['conv3dTranspose', film, { filters: 3, kernelSize: 2, strides: 2 }],
  ['convLstm2d', frames, { filters: 2, kernelSize: 2 }],
  ['cropping2D', image, { cropping: [1, 2] }],
  ['depthwiseConv2d', image, { kernelSize: 2, depthMultiplier: 2 }],
  ['globalAveragePooling2d', image, {}],
  ['globalMaxPooling2d', image, {}],
  ['maxPooling2d', image, { poolSize: 2, padding: 'same' }],
  ['maxPooling3d', film, { poolSize: 2 }],
  ['separableConv2d', image, { filters: 3, kernelSize: 2, useBias: false }],
  ['upSampling2d', image, { size: [2, 2] }],
  ['zeroPadding2d', image, { padding: [1, 2] }],
];

/** `flatten` and `conv1d` have rows of their own; cells and the classes that layers share are no layers of images. */
const elsewhere = ['conv1d', 'flatten'];

/** The permutation of an example's axes that puts channels first, behind the time for films of convLstm2d. */
function firstOf(name: string, shape: readonly number[]): number[] {
  const axes = [...shape.keys()].map((axis) => axis + 1);
  const channels = axes.pop()!;
  return name === 'convLstm2d' ? [axes.shift()!, channels, ...axes] : [channels, ...axes];
}

const inverse = (order: readonly number[]): number[] =>
  [...order.keys()].map((at) => order.indexOf(at + 1) + 1);

/** The layer between a dense layer and one that reads a mean over all places: both see channels last. */
function modelOf(name: string, shape: readonly number[], options: Options, first: boolean): tfl.LayersModel {
  const input = tfl.input({ shape: [...shape] });
  let x = tfl.layers.dense({ units: shape.at(-1)! }).apply(input) as tfl.SymbolicTensor;
  const order = firstOf(name, shape);
  if (first) x = tfl.layers.permute({ dims: order }).apply(x) as tfl.SymbolicTensor;
  x = buildLayer({
    export: name,
    options: { ...options, dataFormat: first ? 'channelsFirst' : 'channelsLast' },
  }).apply(x) as tfl.SymbolicTensor;
  const rank = x.shape.length - 1;
  if (first && rank > 1) {
    const back = rank === shape.length ? inverse(order) : [2, 3, 1];
    x = tfl.layers.permute({ dims: back }).apply(x) as tfl.SymbolicTensor;
  }
  if (rank > 1) x = tfl.layers.flatten().apply(x) as tfl.SymbolicTensor;
  const outputs = tfl.layers.dense({ units: 2 }).apply(x) as tfl.SymbolicTensor;
  return tfl.model({ inputs: input, outputs });
}

function dataOf(shape: readonly number[]): Dataset {
  const count = shape.reduce((product, side) => product * side, 8);
  return arrayDataset({
    inputs: {
      values: Float32Array.from({ length: count }, (_, i) => Math.sin(1.3 * i)),
      shape: [8, ...shape],
    },
    targets: { values: Float32Array.from({ length: 16 }, (_, i) => Math.cos(0.7 * i)), shape: [8, 2] },
    batchSize: 4,
  });
}

async function train(
  device: NonNullable<TrainerOptions['device']>,
  model: () => tfl.LayersModel,
  shape: readonly number[],
): Promise<number[]> {
  const trainer = createTrainer({
    device,
    model,
    optimizer: sgd({ learningRate: 0.05 }),
    loss: meanSquaredError(),
    plugins: [seed({ value: 5 })],
    handleInterrupt: false,
    log: () => undefined,
  });
  try {
    const { epochs } = await trainer.fit(dataOf(shape), { epochs: 2 });
    return epochs.map(({ loss }) => loss!);
  } finally {
    trainer.dispose();
  }
}

it('every layer that takes a data format is tried', () => {
  const source = Object.entries(tfl.layers)
    .filter(([name]) => !/^[A-Z]/.test(name) && !/Cell$/.test(name))
    .filter(([, make]) => takesFormat(make as (options: unknown) => tfl.layers.Layer));
  const tried = new Set([...rows.map(([name]) => name), ...elsewhere, ...aliases]);
  expect(source.map(([name]) => name).filter((name) => !tried.has(name))).toEqual([]);
});

/** Other names for layers of the table. */
const aliases = [
  'avgPool2d',
  'avgPool3d',
  'avgPooling2d',
  'avgPooling3d',
  'globalMaxPool2d',
  'maxPool2d',
  'maxPool3d',
];

function takesFormat(make: (options: unknown) => tfl.layers.Layer): boolean {
  const needed = { filters: 1, kernelSize: 1, poolSize: 1, units: 1, cropping: 1 };
  try {
    return 'dataFormat' in make({ ...needed, dataFormat: 'channelsFirst' });
  } catch {
    return false;
  }
}

describe.each(await presentDevices(['tensorflow', 'wasm', 'cpu']))('on %s', (device) => {
  const tried = rows.filter(([name]) => device !== 'wasm' || name !== 'convLstm2d');
  it.each(tried)('%s of %j with %j: channels first trains as channels last', async (name, shape, options) => {
    const losses = (first: boolean): Promise<number[]> =>
      train(device, () => modelOf(name, shape, options, first), shape);
    const [last, first] = [await losses(false), await losses(true)];
    for (const [i, loss] of first.entries()) expect(Math.abs(loss / last[i]! - 1)).toBeLessThan(1e-4);
  });
  it('separableConv2d with a bias is refused with channels first, and convLstm2d on wasm', async () => {
    const refusal = (name: string, shape: readonly number[]): Promise<unknown> =>
      train(device, () => modelOf(name, shape, { filters: 2, kernelSize: 2 }, true), shape);
    await expect(refusal('separableConv2d', image)).rejects.toThrow(
      /dataFormat 'channelsFirst', but this layer adds the bias along the wrong axis.*MODEL_INVALID/,
    );
    if (device !== 'wasm') return;
    await expect(refusal('convLstm2d', frames)).rejects.toThrow(
      /\[Conv2D\] has no dataFormat '\w+' on wasm.*OPTION_INVALID/,
    );
  });
});
