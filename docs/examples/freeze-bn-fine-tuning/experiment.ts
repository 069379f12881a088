// A network that reads digits learns to recognise clothes in small batches: with the statistics of those batches,
// with frozen statistics, and with statistics re-estimated over all images at the end.
import { type Ablation, defineAblation, type Figure, type Outcome } from '@cantrip/ablation';
import type { DeviceName } from '@cantrip/core-tensor-gpu';
import { type HostTensor, upload } from '@cantrip/ops';
import { type Dataset, rebatch } from '@cantrip/data';
import { isCantripError } from '@cantrip/errors';
import { batchNormFreezing, reestimateBatchNorm } from '@cantrip/freeze-bn';
import { cosine, lrSchedule } from '@cantrip/lr-schedules';
import { sgd } from '@cantrip/optimizers';
import { accuracy, type AnyPlugin, createTrainer, softmaxCrossEntropy, type Trainer } from '@cantrip/trainer';
import type * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { resnet8 } from '../ablation/resnet8.ts';
import { withFreshHead } from './fresh-head.ts';
import { batchSizes, type Setting, setting } from './setting.ts';
import { readTasks, type Tasks } from './tasks.ts';

const BEFORE = { rate: 0.1, batch: 64 };

const REESTIMATED = 're-estimated';

export const experiment: Ablation = defineAblation({
  name: 'fine-tuning',
  parameters: setting,
  plugins: [
    { name: 'frozen', with: batchNormFreezing() },
    { name: 'frozen, affine trained', with: batchNormFreezing({ affine: 'train' }) },
    { name: 'frozen from 50 % on', with: batchNormFreezing({ at: '50%' }) },
    // Only its name matters, see below.
    { name: REESTIMATED, with: { name: REESTIMATED } },
  ],
  // The first training is the same in all variants. It uses another seed, so that the new head differs from the old
  // one.
  trainer: ({ seed, parameters }) =>
    trainer(parameters, {
      model: () => resnet8(parameters.width),
      rate: BEFORE.rate,
      plugins: [{ name: 'before', seed: 1000 + seed }],
    }),
  fit: async (before, { plugins, parameters, has }) => {
    const tasks = await readTasks(parameters);
    const digits = rebatch(tasks.digits, { batchSize: BEFORE.batch, shuffle: true });
    await before.fit(digits, { epochs: parameters.epochs });
    const learnt = (await before.open()).run.model as LayersModel;
    let figures: Outcome = {};
    for (const batch of batchSizes) {
      const model = (): LayersModel => withFreshHead(resnet8(parameters.width), learnt);
      const second = trainer(parameters, { model, rate: (parameters.rate * batch) / 32, plugins });
      const fineTuning = { tasks, parameters, batch, reestimate: has(REESTIMATED) };
      const { share, loss } = await fineTune(second, fineTuning).catch(asGuess);
      second.dispose();
      figures = { ...figures, [`accuracy_batch_${batch}`]: share, [`loss_batch_${batch}`]: loss };
    }
    return figures;
  },
  figures: [
    ...batchSizes.map((batch): Figure => ({
      name: `accuracy_batch_${batch}`,
      better: 'higher',
      percent: true,
    })),
    ...batchSizes.map((batch): Figure => ({ name: `loss_batch_${batch}`, better: 'lower' })),
  ],
});

interface Parts {
  readonly model: () => LayersModel;
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

interface FineTuning {
  readonly tasks: Tasks;
  readonly parameters: Setting;
  readonly batch: number;
  readonly reestimate: boolean;
}

interface TestFigures {
  readonly share: number;
  readonly loss: number;
}

async function fineTune(
  trainer: Trainer,
  { tasks: { clothes, test }, parameters, batch, reestimate }: FineTuning,
): Promise<TestFigures> {
  await trainer.fit(rebatch(clothes, { batchSize: batch, shuffle: true }), {
    epochs: parameters.fineTuningEpochs,
  });
  if (reestimate) {
    const { run } = await trainer.open();
    await reestimateBatchNorm(run.model as LayersModel, inputsOf(rebatch(clothes, { batchSize: 100 })));
  }
  const { accuracy: share = Number.NaN, loss = Number.NaN } = await trainer.evaluate(test);
  return Number.isFinite(loss) ? { share, loss } : guess;
}

/** A run that diverged at one batch size counts as a guess there. Its other batch sizes count normally. */
const guess: TestFigures = { share: 0.1, loss: Math.log(10) };

function asGuess(error: unknown): TestFigures {
  if (isCantripError(error) && error.code === 'LOSS_NOT_FINITE') return guess;
  throw error;
}

async function* inputsOf(data: Dataset): AsyncGenerator<tf.Tensor> {
  for await (const { inputs } of data.batches()) {
    const images = upload(inputs as HostTensor);
    yield images;
    images.dispose();
  }
}
