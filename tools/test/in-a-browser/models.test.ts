import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openDevice } from '@cantrip/core-tensor-gpu';
import { exportModel } from '@cantrip/weights/files';
import * as tf from '@tensorflow/tfjs-core';
import { layers, type LayersModel, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../../packed/find-chromium.ts';
import { runInBrowser } from '../../packed/run-in-browser.ts';

const chromium = findChromium();
const isRequired = process.env['CANTRIP_REQUIRE']?.split(',').includes('chromium') === true;

const SHAPE = [4, 8, 8, 2] as const;

const images: readonly number[] = Array.from(
  { length: SHAPE.reduce((all, size) => all * size, 1) },
  (_, at) => Math.fround(Math.sin(at)),
);

/** A page with TensorFlow.js as npm has it, and nothing of Cantrip. */
const page = `
  import * as tf from '@tensorflow/tfjs';
  const post = (result) => fetch('/result', { method: 'POST', body: JSON.stringify(result) });
  try {
    const images = tf.tensor(${JSON.stringify(images)}, [${SHAPE.join()}]);
    const results = {};
    for (const backend of ['cpu', 'webgl']) {
      await tf.setBackend(backend);
      if (tf.getBackend() !== backend) throw new Error('the backend is ' + tf.getBackend());
      for (const name of ['plain', 'folded', 'averaged']) {
        const model = await tf.loadLayersModel('/' + name + '/model.json');
        results[backend + ' ' + name] = Array.from(await model.predict(images).data());
      }
    }
    await post({ version: tf.version.tfjs, agent: navigator.userAgent, results });
  } catch (error) {
    await post({ failure: String(error?.stack ?? error) });
  }`;

/** Convolutions, normalisations, a sum, and a dense layer behind a flattened image. */
function network(): LayersModel {
  const apply = (layer: layers.Layer, ...x: SymbolicTensor[]): SymbolicTensor =>
    layer.apply(x.length === 1 ? x[0]! : x) as SymbolicTensor;
  const input = layers.input({ shape: SHAPE.slice(1) });
  const first = apply(
    layers.conv2d({ filters: 4, kernelSize: 3, padding: 'same', useBias: false, name: 'conv' }),
    input,
  );
  const normal = apply(layers.batchNormalization({ name: 'conv_norm' }), first);
  const depth = apply(layers.depthwiseConv2d({ kernelSize: 3, padding: 'same', name: 'depth' }), normal);
  const sum = apply(
    layers.add({ name: 'sum' }),
    apply(layers.batchNormalization({ name: 'norm' }), depth),
    normal,
  );
  const pooled = apply(layers.maxPooling2d({ name: 'pool' }), apply(layers.reLU({ name: 'relu' }), sum));
  const flat = apply(layers.flatten({ name: 'flat' }), pooled);
  const outputs = apply(layers.dense({ units: 5, activation: 'softmax', name: 'dense' }), flat);
  const built = model({ inputs: input, outputs });
  for (const [at, weight] of built.weights.entries()) {
    const variable = weight.read() as tf.Variable;
    const low = weight.originalName.endsWith('variance') ? 0.5 : -0.5;
    tf.tidy(() => variable.assign(tf.randomUniform(variable.shape, low, 1, 'float32', at + 1)));
  }
  return built;
}

interface Said {
  readonly failure?: string;
  readonly results: Readonly<Record<string, readonly number[]>>;
}

describe.runIf(chromium !== undefined || isRequired)('models in chromium, with stock TensorFlow.js', () => {
  const base = mkdtempSync(join(tmpdir(), 'cantrip-browser-'));
  const folders = {
    plain: join(base, 'plain'),
    folded: join(base, 'folded'),
    averaged: join(base, 'averaged'),
  };
  const expected: Record<string, number[]> = {};
  let said: Said;

  beforeAll(async () => {
    await openDevice('cpu');
    const built = network();
    const bias = tf.tensor1d([1, -1, 0.5, 0, 2]);
    await exportModel(built, folders.plain);
    await exportModel(built, folders.folded, { foldBatchNorm: true });
    await exportModel(built, folders.averaged, { values: { 'dense/bias': bias } });
    const inputs = tf.tensor([...images], [...SHAPE]);
    const predicted = (): number[] => Array.from((built.predict(inputs) as tf.Tensor).dataSync());
    expected['plain'] = predicted();
    expected['folded'] = predicted();
    (built.getLayer('dense').weights[1]!.read() as tf.Variable).assign(bias);
    expected['averaged'] = predicted();
    const { outputFiles } = await build({
      stdin: { contents: page, resolveDir: fileURLToPath(new URL('../../..', import.meta.url)) },
      bundle: true,
      format: 'esm',
      platform: 'browser',
      logLevel: 'silent',
      write: false,
    });
    if (chromium === undefined) throw new Error('CANTRIP_REQUIRE names chromium, but none is on the PATH');
    said = (await runInBrowser(chromium, outputFiles[0]!.text, folders)) as Said;
  }, 150_000);

  afterAll(() => rmSync(base, { recursive: true, force: true }));

  it.each(['cpu', 'webgl'])('are loaded over HTTP and predict on %s what they predict in Node', (backend) => {
    expect(said.failure).toBeUndefined();
    expect(expected['averaged']).not.toEqual(expected['plain']);
    for (const [name, wanted] of Object.entries(expected)) {
      const found = said.results[`${backend} ${name}`] ?? [];
      expect(found, name).toHaveLength(wanted.length);
      const apart = Math.max(...wanted.map((value, at) => Math.abs(value - found[at]!)));
      expect(apart, name).toBeLessThan(1e-5);
    }
  });
});
