import { blurpool } from '@cantrip/blurpool';
import { openDevice } from '@cantrip/core-tensor-gpu';
import { cudnnTuning } from '@cantrip/cudnn-tuner';
import { distillation } from '@cantrip/distillation';
import { batchNormFreezing } from '@cantrip/freeze-bn';
import { adaptiveGradientClipping, gradientCentralization, gradientNoise } from '@cantrip/gradient-tools';
import { labelSmoothing } from '@cantrip/label-smoothing';
import { cosine, lrSchedule, warmup } from '@cantrip/lr-schedules';
import { mixup } from '@cantrip/mixup';
import { randomErasing } from '@cantrip/random-erasing';
import { sam } from '@cantrip/sam';
import { seed } from '@cantrip/seed';
import { squeezeExcite } from '@cantrip/squeeze-excite';
import { stochasticDepth } from '@cantrip/stochastic-depth';
import type { PluginList } from '@cantrip/trainer';
import { weightAveraging } from '@cantrip/weight-averaging';
import { digitCnn, resnet8 } from '../models/small-resnet.ts';

export type Device = 'tensorflow' | 'wasm';

/** The plugins of one way to train. */
export type Way = (device: Device) => PluginList;

/** A network, and the ways to train it: without a trick, the same again (the difference is noise), and with one. */
export interface Network {
  readonly model: typeof digitCnn;
  readonly ways: Readonly<Record<string, Way>>;
}

/** On wasm there is nothing that could record a step. */
export const capturesOn = (device: Device): boolean => device === 'tensorflow';

const schedule = warmup(cosine({ value: 0.01, steps: '100%' }), { steps: 20 });

const plain: Network['ways'] = {
  none: () => [],
  'none, again': () => [],
  'freeze-bn': () => [batchNormFreezing()],
  'freeze-bn, affine trained': () => [batchNormFreezing({ affine: 'train' })],
  seed: () => [seed({ value: 1 })],
  'lr-schedules': () => [lrSchedule(schedule, { newHorizon: 'stretch' })],
  'label-smoothing': () => [labelSmoothing()],
  'mixup, mixup': () => [mixup()],
  'mixup, CutMix': () => [mixup({ alpha: 0, cutmixAlpha: 1 })],
  'weight-averaging': () => [weightAveraging({ decay: 0.99 })],
  'sam, each step': () => [sam()],
  'sam, each 10th step': () => [sam({ interval: 10 })],
  'gradient-tools, centralization': () => [gradientCentralization()],
  'gradient-tools, adaptive clipping': () => [adaptiveGradientClipping()],
  'gradient-tools, noise': () => [gradientNoise()],
  'random-erasing': () => [randomErasing()],
  distillation: (device) => [teachingItself(device)],
  'cudnn-tuner, deterministic': () => [cudnnTuning({ mode: 'deterministic' })],
  'cudnn-tuner, off': () => [cudnnTuning({ mode: 'off' })],
};

const residual: Network['ways'] = {
  none: () => [],
  'none, again': () => [],
  'stochastic-depth': () => [stochasticDepth()],
  'squeeze-excite': () => [squeezeExcite({ latentChannels: 1 / 4, minChannels: 16 })],
  blurpool: () => [blurpool()],
};

/** ResNet-8 is for the tricks that look for residual branches or strided convolutions. */
export const networks: Readonly<Record<string, Network>> = {
  'a small network': { model: digitCnn, ways: plain },
  'ResNet-8': { model: resnet8, ways: residual },
};

/** What only TensorFlow reads costs nothing elsewhere. */
export const onlyTensorFlow: readonly string[] = ['cudnn-tuner, deterministic', 'cudnn-tuner, off'];

/** The teacher is as large as the student. */
async function teachingItself(device: Device): Promise<PluginList> {
  await openDevice(device);
  return [distillation({ teacher: digitCnn() })];
}
