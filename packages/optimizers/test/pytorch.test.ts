import { openDevice } from '@cantrip/core-tensor-gpu';
import { presentDevices } from '@cantrip/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  accumulateGradients,
  adam,
  adamw,
  clip,
  clipByGlobalNorm,
  clipByValue,
  rmsprop,
  sgd,
  type NamedTensors,
  type Optimizer,
  type ParameterGroup,
} from '../src/index.ts';
import golden from './golden/optimizers.json' with { type: 'json' };
import { relativeError } from './near.ts';
import { beginTraining, mapValues, type Values } from './training.ts';

const { relative } = golden.tolerance;
const { inputs, trajectories } = golden.cases;

type CaseName = keyof typeof trajectories;
interface Trajectory {
  readonly rates: readonly number[];
  readonly parameters: Readonly<Record<string, Values>>;
  readonly slots: Values;
}

const momentum = 0.9;
const weightDecay = 0.05;
const groups: ParameterGroup[] = [
  { match: /bias|gamma/, weightDecay: 0 },
  { match: 'conv/kernel', learningRateFactor: 0.1 },
];

const optimizers: Record<CaseName, Optimizer> = {
  sgd: sgd(),
  'sgd momentum': sgd({ momentum }),
  'sgd nesterov': sgd({ momentum, nesterov: true }),
  'sgd dampening': sgd({ momentum, dampening: 0.3 }),
  'sgd weight decay': sgd({ weightDecay }),
  'sgd nesterov, weight decay': sgd({ momentum, nesterov: true, weightDecay }),
  adam: adam(),
  'adam weight decay': adam({ weightDecay }),
  'adam other betas': adam({ beta1: 0.5, beta2: 0.9, epsilon: 1e-3 }),
  'adam without first moment': adam({ beta1: 0, beta2: 0.99 }),
  adamw: adamw({ weightDecay }),
  'adamw defaults': adamw(),
  rmsprop: rmsprop(),
  'rmsprop weight decay': rmsprop({ decay: 0.9, weightDecay }),
  'rmsprop momentum': rmsprop({ decay: 0.9, momentum: 0.5 }),
  'rmsprop centered': rmsprop({ centered: true }),
  'rmsprop centered momentum': rmsprop({ decay: 0.9, centered: true, momentum: 0.5 }),
  'sgd, learning rate falls': sgd({ momentum }),
  'adam, learning rate falls': adam(),
  'adamw, learning rate falls': adamw({ weightDecay }),
  'rmsprop, learning rate falls': rmsprop({ momentum: 0.5 }),
  'sgd groups': sgd({ momentum, weightDecay, groups }),
  'adam groups': adam({ weightDecay, groups }),
  'adamw groups': adamw({ weightDecay, groups }),
  'rmsprop groups': rmsprop({ weightDecay, groups }),
  'sgd clipped by norm': clip(sgd({ momentum }), { globalNorm: 2.5 }),
  'adam clipped by value': clip(adam(), { value: 0.5 }),
  'sgd accumulated': accumulateGradients(sgd({ momentum }), { steps: 4 }),
  'adamw accumulated, clipped by norm': accumulateGradients(clip(adamw({ weightDecay }), { globalNorm: 1 }), {
    steps: 5,
  }),
  'sgd from zero': sgd({ momentum, nesterov: true }),
  'adam from zero': adam(),
  'adamw from zero': adamw({ weightDecay }),
  'rmsprop from zero': rmsprop({ momentum: 0.5 }),
  'rmsprop centered from zero': rmsprop({ centered: true }),
  'sgd, kernel frozen': sgd({ momentum }),
  'sgd dampening, kernel frozen': sgd({ momentum, dampening: 0.3 }),
  'adam, kernel frozen': adam(),
  'adam, kernel frozen at first': adam(),
};

function frozenAt(name: CaseName, step: number): boolean {
  return name.endsWith('frozen at first') ? step < 7 : name.endsWith('frozen') && step >= 4 && step < 12;
}

function zeros(values: Values): Values {
  return mapValues(values, (value) => tf.zerosLike(tf.tensor(value)).arraySync());
}

const present = new Set(await presentDevices(['cpu', 'wasm', 'tensorflow']));
const ways = [
  { way: 'op by op on cpu', device: 'cpu', captured: false },
  { way: 'op by op on wasm', device: 'wasm', captured: false },
  { way: 'op by op on tensorflow', device: 'tensorflow', captured: false },
  { way: 'captured on tensorflow', device: 'tensorflow', captured: true },
] as const;

describe.each(ways.filter(({ device }) => present.has(device)))('$way', ({ device, captured }) => {
  beforeAll(() => openDevice(device));

  describe('20 steps end where PyTorch ends, to 1e-6 relative', () => {
    it.each(Object.keys(optimizers) as CaseName[])('%s', (name) => {
      const expected: Trajectory = trajectories[name];
      const fromZero = name.endsWith('from zero');
      const training = beginTraining(
        optimizers[name],
        fromZero ? zeros(inputs.parameters) : inputs.parameters,
        captured,
      );
      inputs.gradients.forEach((gradients, step) => {
        const { 'conv/kernel': _, ...unfrozen } = gradients;
        training.step(frozenAt(name, step) ? unfrozen : gradients, expected.rates[step]);
        for (const [parameter, values] of Object.entries(expected.parameters[step + 1] ?? {})) {
          const error = relativeError(
            training.variables[parameter] as tf.Variable,
            values,
            fromZero ? 'largest' : 'each',
          );
          expect(error, `${parameter} after step ${step + 1}`).toBeLessThanOrEqual(relative);
        }
      });
      const slots = training.running.slots();
      for (const [slot, values] of Object.entries(expected.slots)) {
        const error = relativeError(slots[slot] as tf.Variable, values, 'largest');
        expect(error, slot).toBeLessThanOrEqual(relative);
      }
      training.dispose();
    });
  });
});

describe.each([...present])('on %s gradients are clipped as PyTorch clips them', (device) => {
  beforeAll(() => openDevice(device));

  it.each([
    ['clipByGlobalNorm 2.5', (gradients: NamedTensors) => clipByGlobalNorm(gradients, 2.5)],
    ['clipByValue 0.5', (gradients: NamedTensors) => clipByValue(gradients, 0.5)],
  ] as const)('%s', (name, change) => {
    for (const { before, after } of golden.cases[name]) {
      const clipped = change(mapValues<tf.TensorLike, tf.Tensor>(before, (values) => tf.tensor(values)));
      for (const [parameter, values] of Object.entries(after)) {
        expect(relativeError(clipped[parameter] as tf.Tensor, values)).toBeLessThanOrEqual(relative);
      }
    }
  });
});
