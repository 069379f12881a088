import { cudnnTuning } from '@cantrip/cudnn-tuner';
import { batchNormFreezing } from '@cantrip/freeze-bn';
import { labelSmoothing } from '@cantrip/label-smoothing';
import { cosine, lrSchedule, warmup } from '@cantrip/lr-schedules';
import { mixup } from '@cantrip/mixup';
import { seed } from '@cantrip/seed';
import type { AnyPlugin } from '@cantrip/trainer';

export type Device = 'tensorflow' | 'wasm';

/** On wasm there is nothing that could record a step. */
export const capturesOn = (device: Device): boolean => device === 'tensorflow';

const schedule = warmup(cosine({ value: 0.01, steps: '100%' }), { steps: 20 });

/** The step without a trick, the same again (what it differs by is noise), and with one. */
export const ways: Readonly<Record<string, readonly AnyPlugin[]>> = {
  none: [],
  'none, again': [],
  'freeze-bn': [batchNormFreezing()],
  'freeze-bn, affine trained': [batchNormFreezing({ affine: 'train' })],
  seed: [seed({ value: 1 })],
  'lr-schedules': [lrSchedule(schedule, { newHorizon: 'stretch' })],
  'label-smoothing': [labelSmoothing()],
  mixup: [mixup()],
  'cudnn-tuner, deterministic': [cudnnTuning({ mode: 'deterministic' })],
  'cudnn-tuner, off': [cudnnTuning({ mode: 'off' })],
};

/** What only TensorFlow reads costs nothing elsewhere. */
export const onlyTensorFlow: readonly string[] = ['cudnn-tuner, deterministic', 'cudnn-tuner, off'];
