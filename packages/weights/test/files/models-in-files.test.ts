import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openDevice } from '@cantrip/core-tensor-gpu';
import { presentDevices } from '@cantrip/testing';
import { exportModel, loadModel, useFileUrls } from '@cantrip/weights/files';
import * as tf from '@tensorflow/tfjs-core';
import {
  layers,
  type LayersModel,
  loadLayersModel,
  model,
  sequential,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { saveAsStock } from './save-as-stock.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cantrip-models-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Normalisations behind a convolution, a depthwise one and a dense layer, and one behind an addition. */
function convolutional(): LayersModel {
  const input = layers.input({ shape: [6, 6, 2] });
  const apply = (layer: layers.Layer, ...x: SymbolicTensor[]): SymbolicTensor =>
    layer.apply(x.length === 1 ? x[0]! : x) as SymbolicTensor;
  const first = apply(layers.conv2d({ filters: 3, kernelSize: 3, useBias: false, name: 'conv' }), input);
  const normal = apply(layers.batchNormalization({ name: 'conv_norm' }), first);
  const depth = apply(layers.depthwiseConv2d({ kernelSize: 3, padding: 'same', name: 'depth' }), normal);
  const depthNormal = apply(layers.batchNormalization({ name: 'depth_norm', scale: false }), depth);
  const sum = apply(layers.add({ name: 'sum' }), depthNormal, normal);
  const sumNormal = apply(layers.batchNormalization({ name: 'sum_norm' }), sum);
  const flat = apply(layers.flatten({ name: 'flat' }), sumNormal);
  const dense = apply(layers.dense({ units: 4, name: 'dense' }), flat);
  const denseNormal = apply(layers.batchNormalization({ name: 'dense_norm', center: false }), dense);
  const network = model({ inputs: input, outputs: denseNormal });
  drawStatistics(network);
  return network;
}

/** As after a training, whose statistics are neither 0 nor 1. */
function drawStatistics({ weights }: LayersModel): void {
  for (const weight of weights) {
    const variable = weight.read() as tf.Variable;
    if (variable.rank > 1) continue;
    const low = weight.originalName.endsWith('variance') ? 0.3 : -1;
    tf.tidy(() => variable.assign(tf.randomUniform(variable.shape, low, 2, 'float32', 5)));
  }
}

const images = (): tf.Tensor => tf.randomNormal([3, 6, 6, 2], 0, 1, 'float32', 9);
const predicted = (network: LayersModel): Float32Array =>
  tf.tidy(() => (network.predict(images()) as tf.Tensor).dataSync() as Float32Array);
const largestDifference = (a: Float32Array, b: Float32Array): number =>
  a.reduce((most, one, at) => Math.max(most, Math.abs(one - b[at]!)), 0);

const devices = await presentDevices(['tensorflow', 'wasm', 'cpu']);

describe.each(devices)('models in files on %s', (device) => {
  beforeEach(() => openDevice(device));

  it('are loaded as TensorFlow.js saved them, from a path, a folder and both kinds of addresses', async () => {
    const network = convolutional();
    await saveAsStock(network, folder);
    const file = join(folder, 'model.json');
    for (const place of [file, folder, `file://${file}`, pathToFileURL(file)]) {
      const loaded = await loadModel(place);
      expect(predicted(loaded)).toEqual(predicted(network));
      loaded.dispose();
    }
  });

  it('are written so that TensorFlow.js loads them to the bit', async () => {
    const network = convolutional();
    const { path, weightsPath } = await exportModel(network, folder);
    const json = JSON.parse(readFileSync(path, 'utf8')) as tf.io.ModelJSON;
    // What a browser does with the two files.
    const artifacts = await tf.io.getModelArtifactsForJSON(json, async (manifest) => {
      const bytes = readFileSync(join(folder, manifest[0]!.paths[0]!));
      return [manifest[0]!.weights, Uint8Array.from(bytes).buffer];
    });
    const loaded = await loadLayersModel(tf.io.fromMemory(artifacts));
    expect(predicted(loaded)).toEqual(predicted(network));
    expect(readdirSync(folder).sort()).toEqual(['model.json', weightsPath.split('/').at(-1)].sort());
  });

  it('predict the same with folded normalisations', async () => {
    const network = convolutional();
    const { folded } = await exportModel(network, folder, { foldBatchNorm: true });
    // The one behind the addition stays, and the convolution before it is read by one layer alone.
    expect(folded).toEqual(['conv_norm', 'depth_norm', 'dense_norm']);
    const loaded = await loadModel(folder);
    expect(largestDifference(predicted(loaded), predicted(network))).toBeLessThan(2e-5);
    expect(loaded.weights.filter(({ originalName }) => originalName.endsWith('moving_mean'))).toHaveLength(1);
  });

  it('are written with averages in place of the weights, and the model is unchanged', async () => {
    const network = convolutional();
    const before = predicted(network);
    const values = { 'dense/bias': tf.tensor1d([1, 2, 3, 4]), 'conv/kernel': tf.ones([3, 3, 2, 3]) };
    await exportModel(network, folder, { values });
    expect(predicted(network)).toEqual(before);
    const loaded = await loadModel(folder);
    expect(loaded.getLayer('dense').getWeights()[1]!.arraySync()).toEqual([1, 2, 3, 4]);
    const [kernel] = loaded.getLayer('conv').getWeights();
    expect(new Set(kernel!.dataSync())).toEqual(new Set([1]));
  });

  it("are saved and loaded by TensorFlow.js's own functions, as long as file addresses are in use", async () => {
    const network = convolutional();
    await expect(network.save(`file://${folder}`)).rejects.toThrow('Cannot find any save handlers');
    const undo = useFileUrls();
    await network.save(`file://${folder}`);
    const loaded = await loadLayersModel(`file://${folder}/model.json`);
    undo();
    expect(predicted(loaded)).toEqual(predicted(network));
    await expect(network.save(`file://${folder}`)).rejects.toThrow('Cannot find any save handlers');
  });
});

describe('a folded sequential model', () => {
  it('has its convolution and normalisation as one', async () => {
    await openDevice('cpu');
    const network = sequential({
      layers: [
        layers.conv1d({ filters: 2, kernelSize: 2, inputShape: [5, 3] }),
        layers.batchNormalization(),
        layers.activation({ activation: 'relu' }),
        layers.batchNormalization(),
      ],
    });
    drawStatistics(network);
    const inputs = tf.randomNormal([2, 5, 3], 0, 1, 'float32', 3);
    const expected = (network.predict(inputs) as tf.Tensor).dataSync() as Float32Array;
    const { folded } = await exportModel(network, folder, { foldBatchNorm: true });
    expect(folded).toHaveLength(1);
    const loaded = await loadModel(folder);
    const found = (loaded.predict(inputs) as tf.Tensor).dataSync() as Float32Array;
    expect(largestDifference(found, expected)).toBeLessThan(1e-5);
  });
});

describe('loadModel', () => {
  let tensors: number;
  beforeEach(async () => {
    await openDevice('cpu');
    const network = convolutional();
    await saveAsStock(network, folder);
    network.dispose();
    tensors = tf.memory().numTensors;
  });

  const change = (from: string | RegExp, to: string): void => {
    const path = join(folder, 'model.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace(from, to));
  };
  const refused = async (message: string): Promise<void> => {
    await expect(loadModel(folder)).rejects.toThrow(message);
    expect(tf.memory().numTensors).toBe(tensors);
  };

  it('refuses weights that are cut off', async () => {
    const size = readFileSync(join(folder, 'weights.bin')).length;
    truncateSync(join(folder, 'weights.bin'), size - 4);
    await refused(`[loadModel] needs ${size} bytes of weights`);
  });

  it('refuses weights that are too long', async () => {
    writeFileSync(join(folder, 'weights.bin'), Buffer.alloc(4), { flag: 'a' });
    await refused('bytes of weights for');
  });

  it.each(['../weights.bin', '/etc/hostname', 'a/../weights.bin', '..\\\\weights.bin', '..', ''])(
    'refuses the path %j of weights, which leads out of the folder',
    async (path) => {
      change('"weights.bin"', JSON.stringify(path).replaceAll('\\\\\\\\', '\\\\'));
      await refused('which is not a file in its folder');
    },
  );

  it('refuses weights that are a link', async () => {
    const outside = join(folder, 'outside');
    await mkdir(outside);
    symlinkSync(join(folder, 'weights.bin'), join(folder, 'link.bin'));
    change('"weights.bin"', '"link.bin"');
    await refused('names link.bin, which is no ordinary file');
  });

  it('refuses a model.json that is cut off, that is missing, or of a graph model', async () => {
    const path = join(folder, 'model.json');
    const text = readFileSync(path, 'utf8');
    truncateSync(path, text.length - 10);
    await refused('it is not a whole JSON object');
    writeFileSync(path, text.replace('"layers-model"', '"graph-model"'));
    await refused('got a graph model');
    rmSync(path);
    await refused('[loadModel] cannot read');
  });

  it('lists weights that the model lacks or misses, and frees what it has built', async () => {
    change('"conv/kernel"', '"conv/kernel_9"');
    await refused('lacks conv/kernel; has conv/kernel_9, which the model lacks');
  });

  it('refuses a shape that is not that of the model', async () => {
    change('"shape":[3,3,2,3]', '"shape":[3,3,3,2]');
    await refused('has other shapes: conv/kernel [3, 3, 3, 2] instead of [3, 3, 2, 3]');
  });

  it('refuses a negative size, an unknown type and a weight that is there twice', async () => {
    change('"shape":[3,3,2,3]', '"shape":[-3,-3,2,3]');
    await refused('no valid shape of conv/kernel');
    change('"shape":[-3,-3,2,3]', '"shape":[3,3,2,3]');
    change(/"dtype":"float32"\}/, '"dtype":"float31"}');
    await refused('the unknown type float31');
    change('float31', 'float32');
    change('"dense/bias"', '"dense/kernel"');
    await refused('the weight dense/kernel twice');
  });
});

describe('exportModel', () => {
  beforeEach(() => openDevice('cpu'));

  it('notices a changed byte when the model is loaded', async () => {
    const { weightsPath } = await exportModel(convolutional(), folder);
    const bytes = readFileSync(weightsPath);
    bytes[5]! ^= 1;
    writeFileSync(weightsPath, bytes);
    await expect(loadModel(folder)).rejects.toThrow('was changed: its sha256 is not that of the model.json');
  });

  it('replaces the model that is there, and removes its weights alone', async () => {
    writeFileSync(join(folder, 'notes.bin'), 'mine');
    await exportModel(convolutional(), folder);
    const network = convolutional();
    network.getLayer('dense').setWeights([tf.zeros([48, 4]), tf.ones([4])]);
    const { weightsPath } = await exportModel(network, folder);
    expect(readdirSync(folder).sort()).toEqual(
      ['model.json', 'notes.bin', weightsPath.split('/').at(-1)].sort(),
    );
    expect(predicted(await loadModel(folder))).toEqual(predicted(network));
  });

  it('leaves the old model as it was where a new one cannot be written', async () => {
    const old = convolutional();
    await exportModel(old, folder);
    const file = join(folder, 'file');
    writeFileSync(file, '');
    await expect(exportModel(convolutional(), join(file, 'models'))).rejects.toThrow(
      '[exportModel] cannot write',
    );
    expect(predicted(await loadModel(folder))).toEqual(predicted(old));
  });

  it('refuses what is no model, and a folder that is no path', async () => {
    await expect(exportModel((() => 1) as never, folder)).rejects.toThrow('needs a LayersModel');
    await expect(exportModel(convolutional(), '')).rejects.toThrow(
      'folder must be a path or a file:// address',
    );
    await expect(exportModel(convolutional(), new URL('http://localhost/'))).rejects.toThrow(
      'folder must be',
    );
  });
});
