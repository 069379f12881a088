import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sgd } from '@cantrip/optimizers';
import { presentDevices } from '@cantrip/testing';
import { createTrainer, meanSquaredError } from '@cantrip/trainer';
import { weightAveraging } from '@cantrip/weight-averaging';
import { exportModel, loadModel } from '@cantrip/weights/files';
import type * as tf from '@tensorflow/tfjs-core';
import { layers, type LayersModel, sequential } from '@tensorflow/tfjs-layers';
import { expect, it } from 'vitest';

const devices = await presentDevices(['tensorflow', 'wasm', 'cpu']);

it.each(devices)(
  'a trained model is written with its averages, which the trainer predicts with, on %s',
  async (device) => {
    const averaging = weightAveraging({ decay: 0.9 });
    const trainer = createTrainer({
      device,
      model: () =>
        sequential({
          layers: [
            layers.dense({ units: 4, inputShape: [2], activation: 'relu', name: 'one' }),
            layers.batchNormalization({ name: 'norm' }),
            layers.dense({ units: 1, name: 'two' }),
          ],
        }),
      optimizer: sgd({ learningRate: 0.1 }),
      loss: meanSquaredError(),
      plugins: [averaging],
      log: () => undefined,
    });
    const inputs = [
      [0, 1],
      [1, 0],
      [2, 1],
      [1, 2],
    ];
    await trainer.fit({ inputs, targets: [[1], [2], [5], [4]], batchSize: 2 }, { epochs: 3 });
    const { run } = await trainer.open();
    const folder = mkdtempSync(join(tmpdir(), 'cantrip-averages-'));
    try {
      const model = run.model as LayersModel;
      const before = model.getWeights().map((weight) => String(weight.dataSync()));
      const values = run.use(averaging).averages() as Record<string, tf.Tensor>;
      await exportModel(model, folder, { values });
      expect(model.getWeights().map((weight) => String(weight.dataSync()))).toEqual(before);
      const loaded = await loadModel(folder);
      const stored = Object.fromEntries(
        loaded.weights.map((weight) => [weight.originalName, weight.read().dataSync()]),
      );
      const averages = Object.entries(values).map(([name, tensor]) => [name, tensor.dataSync()]);
      expect(stored).toEqual(Object.fromEntries(averages));
      expect(before).not.toEqual(loaded.getWeights().map((weight) => String(weight.dataSync())));
    } finally {
      rmSync(folder, { recursive: true, force: true });
      trainer.dispose();
    }
  },
);
