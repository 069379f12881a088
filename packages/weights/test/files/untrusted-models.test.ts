import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDevice } from '@cantrip/core-tensor-gpu';
import { loadModel } from '@cantrip/weights/files';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let folder: string;
beforeEach(async () => {
  await openDevice('cpu');
  folder = mkdtempSync(join(tmpdir(), 'cantrip-untrusted-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A model of one dense layer, as the Keras converter writes it. */
const topology = (config: object = {}, layer = 'Dense'): object => ({
  class_name: 'Sequential',
  config: {
    name: 'model',
    layers: [
      {
        class_name: layer,
        config: { name: 'dense', batch_input_shape: [null, 3], units: 2, use_bias: false, ...config },
      },
    ],
  },
});

function write(modelTopology: object | string): void {
  const text = typeof modelTopology === 'string' ? modelTopology : JSON.stringify(modelTopology);
  const weights = '[{"name":"dense/kernel","shape":[3,2],"dtype":"float32"}]';
  const manifest = `[{"paths":["weights.bin"],"weights":${weights}}]`;
  writeFileSync(join(folder, 'model.json'), `{"modelTopology":${text},"weightsManifest":${manifest}}`);
  writeFileSync(join(folder, 'weights.bin'), Buffer.alloc(24));
}

/** Each is refused in one sentence, and leaves no tensor behind. */
async function refused(words: string): Promise<void> {
  const { numTensors } = tf.memory();
  const error: unknown = await loadModel(folder).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ code: 'WEIGHTS_FILE' });
  const { message } = error as Error;
  expect(message).toContain(words);
  expect(message).not.toContain('\n');
  expect(tf.memory().numTensors).toBe(numTensors);
}

describe('a model.json of a stranger', () => {
  it('names classes that are registered, and nothing else is looked up or run', async () => {
    for (const name of ['Lambda', 'constructor', '__proto__', 'toString', 'child_process', '../evil.js']) {
      write(topology({}, name));
      await refused('Unknown layer: ');
      write(topology({ activation: name }));
      await refused('Unknown activation: ');
      write(topology({ kernel_initializer: { class_name: name, config: {} } }));
      await refused('Unknown initializer: ');
      write(topology({ kernel_regularizer: { class_name: name, config: {} } }));
      await refused('Unknown regularizer: ');
      write(topology({ kernel_constraint: { class_name: name, config: {} } }));
      await refused('Unknown constraint: ');
    }
  });

  it('changes no prototype', async () => {
    const polluting = '"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},';
    const text = JSON.stringify(topology()).replaceAll('{"class_name"', `{${polluting}"class_name"`);
    write(text.replaceAll('"units"', `${polluting}"units"`));
    const model = await loadModel(folder);
    expect(model.layers).toHaveLength(1);
    expect(({} as { readonly polluted?: number }).polluted).toBeUndefined();
    expect(Object.keys(Object.prototype)).toEqual([]);
    model.dispose();
  });

  it('that describes no model is refused', async () => {
    for (const wrong of [
      {},
      { class_name: 'Model', config: {} },
      topology({ units: -1 }),
      topology({ units: 1e12 }),
    ]) {
      write(wrong);
      await refused('[loadModel] cannot build the model of');
    }
  });

  it('is the file that was named, also where it is a link', async () => {
    write(topology());
    const link = join(folder, 'link.json');
    symlinkSync(join(folder, 'model.json'), link);
    // The caller named the link; only names within the file are not followed.
    const model = await loadModel(link);
    expect(model.countParams()).toBe(6);
    model.dispose();
  });

  it('is read, whatever else lies in its folder', async () => {
    write(topology());
    writeFileSync(join(folder, 'index.js'), "throw new Error('was imported')");
    writeFileSync(join(folder, 'package.json'), '{"main":"index.js"}');
    (await loadModel(folder)).dispose();
  });
});
