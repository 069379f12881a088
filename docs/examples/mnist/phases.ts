import { join } from 'node:path';
import { checkpoint } from '@cantrip/checkpoint';
import { batchNormFreezing } from '@cantrip/freeze-bn';
import { labelSmoothing } from '@cantrip/label-smoothing';
import { cosine, lrSchedule, warmup } from '@cantrip/lr-schedules';
import { cudnnTuning } from '@cantrip/cudnn-tuner';
import { progress } from '@cantrip/progress';
import { seed } from '@cantrip/seed';
import { type Optimizer, sgd } from '@cantrip/optimizers';
import {
  accuracy,
  type AnyPlugin,
  createTrainer,
  type ModelOption,
  softmaxCrossEntropy,
  type Trainer,
} from '@cantrip/trainer';
import type { Options } from './options.ts';
import { type Throughput, throughputMeter } from './throughput.ts';

/** A trainer, with the names of its tricks. */
export interface Phase {
  readonly name: string;
  readonly trainer: Trainer;
  readonly plugins: readonly string[];
  readonly throughput: Throughput;
}

const PEAK_RATE = 0.1;
const FINE_TUNING_RATE = 1e-4;

/** The main phase: four tricks on a network from scratch. */
export function trainingPhase(options: Options, model: ModelOption): Phase {
  return phase('training', options, {
    model,
    optimizer: sgd({ learningRate: PEAK_RATE, momentum: 0.9, nesterov: true, weightDecay: 5e-4 }),
    plugins: [
      seed({ value: options.seed }),
      cudnnTuning({ mode: 'deterministic' }),
      lrSchedule(warmup(cosine({ value: PEAK_RATE, steps: '100%' }), { steps: '10%', convention: 'inside' })),
      labelSmoothing({ smoothing: 0.1 }),
    ],
  });
}

/** The second phase: the same network with a batch so small that batch statistics are useless. */
export function fineTuningPhase(options: Options, model: ModelOption): Phase {
  return phase('fine-tuning', options, {
    model,
    optimizer: sgd({ learningRate: FINE_TUNING_RATE }),
    plugins: [
      seed({ value: options.seed }),
      cudnnTuning({ mode: 'deterministic' }),
      batchNormFreezing(),
      labelSmoothing({ smoothing: 0.1 }),
    ],
  });
}

interface Parts {
  readonly model: ModelOption;
  readonly optimizer: Optimizer;
  readonly plugins: readonly AnyPlugin[];
}

function phase(name: string, { device, checkpoints, resume }: Options, { plugins, ...parts }: Parts): Phase {
  const throughput = throughputMeter();
  const folder = join(checkpoints, name);
  const trainer = createTrainer({
    ...parts,
    device,
    loss: softmaxCrossEntropy(),
    metrics: [accuracy()],
    plugins: [
      ...plugins,
      throughput.plugin,
      progress({ label: name }),
      checkpoint({ folder, every: '1min', overwrite: !resume }),
    ],
  });
  return { name, trainer, plugins: plugins.map((plugin) => plugin.name), throughput };
}
