import '@tensorflow/tfjs-backend-cpu';
import { backendDevice, type Device } from '@cantrip/ops';
import { sgd } from '@cantrip/optimizers';
import { createTrainer, softmaxCrossEntropy, type TrainerOptions } from '@cantrip/trainer';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';

const batch = {
  inputs: {
    values: Float32Array.from({ length: 16 }, (_, i) => (i % 4 < 2 ? 1 : -1) + i / 100),
    shape: [8, 2],
  },
  targets: { values: Int32Array.from({ length: 8 }, (_, i) => i % 2), shape: [8] },
  size: 8,
};
const source = { batchesPerEpoch: 3, batches: () => [batch, batch, batch] };
const options = (device: TrainerOptions['device'], more: Partial<TrainerOptions> = {}): TrainerOptions => ({
  ...(device === undefined ? {} : { device }),
  model: () =>
    sequential({
      layers: [
        layers.dense({
          units: 2,
          inputShape: [2],
          kernelInitializer: 'ones',
        }),
      ],
    }),
  optimizer: sgd({ learningRate: 0.5, momentum: 0.9 }),
  loss: softmaxCrossEntropy(),
  log: () => undefined,
  ...more,
});

async function losses(device: TrainerOptions['device']): Promise<(number | undefined)[]> {
  const trainer = createTrainer(options(device));
  const { epochs } = await trainer.fit(source, { epochs: 3 });
  trainer.dispose();
  return epochs.map(({ loss }) => loss);
}

describe('a trainer on the backend that TensorFlow.js has', () => {
  afterEach(() => tf.setBackend('cpu'));

  it('trains to the bit as on the device of that name', async () => {
    const given = await losses(await backendDevice('cpu'));
    expect(given).toEqual(await losses('cpu'));
    expect(Number(given.at(-1))).toBeLessThan(Number(given[0]));
  });

  it('takes the backend that is in use where none is named, and says what it is', async () => {
    await tf.setBackend('cpu');
    const device = await backendDevice();
    expect(device.describe()).toMatchObject({ name: 'cpu', version: `tfjs-core ${tf.version_core}` });
    const trainer = createTrainer(options(device));
    expect((await trainer.open()).device.name).toBe('cpu');
    trainer.dispose();
  });

  it('says that a backend that was not imported is absent', async () => {
    await expect(backendDevice('webgl')).rejects.toThrow(
      "[backendDevice] TensorFlow.js has no backend webgl, or that backend does not start here. Import a backend first, e.g. import '@tensorflow/tfjs-backend-webgl'. (DEVICE_ABSENT)",
    );
  });

  it('refuses to capture there, in one sentence', async () => {
    const trainer = createTrainer(options(await backendDevice('cpu'), { capture: true }));
    await expect(trainer.fit(source, { epochs: 1 })).rejects.toThrow(
      "[trainer] capture: true needs a device of TensorFlow, but cpu runs op by op. Use the device 'tensorflow' or 'cuda', or remove capture: true. (CAPTURE_UNSUPPORTED)",
    );
    trainer.dispose();
  });

  it.each<[string, unknown, string]>([
    ['a promise of a device', Promise.resolve(), 'Await device first'],
    ['an object that is none', { name: 'cpu' }, 'Use one of auto, cuda, tensorflow, wasm, cpu, webgpu'],
    ['another name', 'webgl', 'Use one of auto, cuda, tensorflow, wasm, cpu, webgpu'],
  ])('refuses %s', (_, device, fix) => {
    expect(() => createTrainer(options(device as Device))).toThrow(fix);
  });
});
