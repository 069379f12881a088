import { openDevice, whyNoBfloat16 } from '@cantrip/core-tensor-gpu';
import { batchNormFreezing } from '@cantrip/freeze-bn';
import { labelSmoothing } from '@cantrip/label-smoothing';
import { mixup } from '@cantrip/mixup';
import { accumulateGradients, sgd } from '@cantrip/optimizers';
import { sam } from '@cantrip/sam';
import { seed } from '@cantrip/seed';
import { presentDevices } from '@cantrip/testing';
import { createTrainer, type PluginList, softmaxCrossEntropy, type TrainerOptions } from '@cantrip/trainer';
import { weightAveraging } from '@cantrip/weight-averaging';
import { layers, type LayersModel, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';

const [native] = await presentDevices(['tensorflow']);
if (native) await openDevice('tensorflow');
const gains = native !== undefined && whyNoBfloat16() === undefined;

/** A network whose convolutions are large enough for bfloat16. */
const network = (): LayersModel =>
  sequential({
    layers: [
      layers.conv2d({ filters: 32, kernelSize: 3, padding: 'same', useBias: false, inputShape: [16, 16, 8] }),
      layers.batchNormalization(),
      layers.reLU(),
      layers.conv2d({ filters: 32, kernelSize: 3, padding: 'same' }),
      layers.batchNormalization(),
      layers.reLU(),
      layers.globalAveragePooling2d({}),
      layers.dense({ units: 4 }),
    ],
  });

const examples = 96;
const size = 16 * 16 * 8;
const data = {
  inputs: {
    values: Float32Array.from(
      { length: examples * size },
      (_, at) => Math.sin(at * 1.7) + (Math.floor(at / size) % 4) / 4,
    ),
    shape: [examples, 16, 16, 8],
  },
  targets: { values: Int32Array.from({ length: examples }, (_, at) => at % 4), shape: [examples] },
  batchSize: 16,
};

async function lossesOf(
  precision: 'float32' | 'bfloat16',
  plugins: PluginList,
  options: Partial<TrainerOptions> = {},
): Promise<number[]> {
  const trainer = createTrainer({
    device: 'tensorflow',
    model: network,
    optimizer: sgd({ learningRate: 0.05, momentum: 0.9 }),
    loss: softmaxCrossEntropy(),
    plugins: [seed({ value: 3 }), ...plugins],
    precision,
    log: () => undefined,
    ...options,
  });
  const { epochs } = await trainer.fit(data, { epochs: 2, validation: data });
  trainer.dispose();
  return epochs.flatMap((logs) => [logs['loss']!, logs['validation_loss']!]);
}

describe.skipIf(!gains)('in bfloat16 train', () => {
  it.each<[string, PluginList, Partial<TrainerOptions>?]>([
    ['no trick', []],
    ['freeze-bn', [batchNormFreezing()]],
    ['label-smoothing', [labelSmoothing({ smoothing: 0.1 })]],
    ['mixup', [mixup({ alpha: 0.4 })]],
    ['sam', [sam({ rho: 0.05 })]],
    ['weight-averaging', [weightAveraging({ decay: 0.8 })]],
    [
      'gradient accumulation',
      [],
      { optimizer: accumulateGradients(sgd({ learningRate: 0.05 }), { steps: 3 }) },
    ],
  ])('%s, to losses near those of float32', async (_, plugins, options) => {
    const precise = await lossesOf('float32', plugins, options);
    const mixed = await lossesOf('bfloat16', plugins, options);
    expect(mixed).toHaveLength(4);
    expect(mixed).not.toEqual(precise);
    mixed.forEach((loss, index) => expect(Math.abs(loss / precise[index]! - 1)).toBeLessThan(0.02));
  });
});
