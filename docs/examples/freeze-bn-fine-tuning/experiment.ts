// A network that has learnt one task learns another in small batches: with the statistics of those batches, with frozen
// ones, and with the statistics taken anew of all images at the end.
import { type Ablation, defineAblation } from '@cantrip/ablation';
import type { DeviceName, HostTensor } from '@cantrip/core-tensor-gpu';
import { upload } from '@cantrip/core-tensor-gpu';
import { type Dataset, rebatch } from '@cantrip/data';
import { batchNormFreezing, reestimateBatchNorm } from '@cantrip/freeze-bn';
import { cosine, lrSchedule } from '@cantrip/lr-schedules';
import { sgd } from '@cantrip/optimizers';
import {
  accuracy,
  type AnyPlugin,
  createTrainer,
  type ModelOption,
  softmaxCrossEntropy,
  type Trainer,
} from '@cantrip/trainer';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { resnet8 } from '../ablation/resnet8.ts';
import { type Setting, setting } from './setting.ts';
import { readTasks } from './tasks.ts';

const BEFORE = { rate: 0.1, batch: 64 };

const REESTIMATED = 're-estimated';

export const experiment: Ablation = defineAblation({
  name: 'fine-tuning',
  parameters: setting,
  plugins: [
    { name: 'frozen', with: batchNormFreezing() },
    { name: 'frozen, affine trained', with: batchNormFreezing({ affine: 'train' }) },
    { name: 'frozen from 50 % on', with: batchNormFreezing({ at: '50%' }) },
    // Its name is all that counts: see below.
    { name: REESTIMATED, with: { name: REESTIMATED } },
  ],
  // The training before is the same in all variants, which have the same seed.
  trainer: ({ seed, parameters }) =>
    trainer(parameters, {
      model: () => resnet8(parameters.width),
      rate: BEFORE.rate,
      plugins: [{ name: 'before', seed }],
    }),
  fit: async (first, { plugins, parameters, has }) => {
    const { before, fineTuning, test } = await readTasks(parameters);
    await first.fit(rebatch(before, { batchSize: BEFORE.batch, shuffle: true }), {
      epochs: parameters.epochs,
    });
    const model = (await first.open()).run.model as LayersModel;
    first.dispose();
    const { batch, rate, fineTuningEpochs: epochs } = parameters;
    const second = trainer(parameters, { model, rate: (rate * batch) / 32, plugins });
    await second.fit(rebatch(fineTuning, { batchSize: batch, shuffle: true }), { epochs });
    if (has(REESTIMATED)) await reestimateBatchNorm(model, inputsOf(rebatch(fineTuning, { batchSize: 100 })));
    const { accuracy: share = Number.NaN, loss = Number.NaN } = await second.evaluate(test);
    second.dispose();
    return { test_accuracy: share, test_loss: loss };
  },
  figures: [
    { name: 'test_accuracy', better: 'higher', percent: true, whenDiverged: 0.1 },
    { name: 'test_loss', better: 'lower', whenDiverged: Math.log(10) },
  ],
});

interface Parts {
  readonly model: ModelOption;
  readonly rate: number;
  readonly plugins: readonly AnyPlugin[];
}

function trainer({ device }: Setting, { model, rate, plugins }: Parts): Trainer {
  return createTrainer({
    device: device as DeviceName | 'auto',
    model,
    optimizer: sgd({ momentum: 0.9, nesterov: true, weightDecay: 5e-4 }),
    loss: softmaxCrossEntropy(),
    metrics: [accuracy()],
    plugins: [...plugins, lrSchedule(cosine({ value: rate, steps: '100%' }))],
    log: () => undefined,
  });
}

async function* inputsOf(data: Dataset): AsyncGenerator<Tensor> {
  for await (const { inputs } of data.batches()) {
    const images = upload(inputs as HostTensor);
    yield images;
    images.dispose();
  }
}
