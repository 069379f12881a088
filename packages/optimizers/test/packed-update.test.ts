import * as tf from '@tensorflow/tfjs-core';
import { presentDevices } from '@cantrip/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { openDevice } from '@cantrip/core-tensor-gpu';
import { adamw, ruleOptimizer, rmsprop, sgd } from '../src/index.ts';
import type { NamedTensors, NamedVariables, Optimizer } from '../src/index.ts';

const present = await presentDevices(['tensorflow', 'wasm', 'cpu']);
const shapes = { bias: [3], gamma: [5], beta: [4], scale: [], kernel: [3, 2], large: [5000] };

const optimizers: Readonly<Record<string, Optimizer>> = {
  'sgd with momentum, dampening and decay': sgd({ momentum: 0.9, dampening: 0.1, weightDecay: 0.01 }),
  adamw: adamw({ weightDecay: 0.1, groups: [{ match: 'gamma', weightDecay: 0 }] }),
  'centred rmsprop': rmsprop({ momentum: 0.5, centered: true }),
};

describe.each(present)('small parameters on %s', (device) => {
  beforeAll(() => openDevice(device));

  it.each(Object.entries(optimizers))('updated together get what each gets by itself: %s', (_, optimizer) => {
    const together = variables();
    const apart = variables();
    const one = optimizer.start(Object.keys(shapes));
    const each = Object.keys(shapes).map((name) => [name, optimizer.start(Object.keys(shapes))] as const);
    for (let step = 0; step < 4; step++) {
      const gradients = numbers(step + 1);
      // The bias joins late, so that its count of updates is another one.
      const joined = Object.keys(shapes).filter((name) => step > 1 || name !== 'bias');
      one.apply(update(pick(together, joined), pick(gradients, joined)));
      for (const [name, running] of each) {
        if (joined.includes(name)) running.apply(update(pick(apart, [name]), pick(gradients, [name])));
      }
    }
    for (const name of Object.keys(shapes)) {
      expectNear(together[name]!, apart[name]!);
    }
    const slots = one.slots();
    for (const [, running] of each) {
      for (const [name, slot] of Object.entries(running.slots())) {
        expect(slots[name]!.shape).toEqual(slot.shape);
        expectNear(slots[name]!, slot);
      }
    }
  });

  it('are left apart by a rule that looks at a parameter as a whole', () => {
    const seen: number[][] = [];
    const optimizer = ruleOptimizer({
      name: 'normalised',
      learningRate: 1,
      rule: {
        slots: {},
        update: (parameter, gradient) => {
          seen.push(parameter.shape);
          return { parameter: tf.sub(parameter, tf.div(gradient, tf.norm(gradient))), slots: {} };
        },
      },
    });
    const parameters = variables();
    optimizer.start().apply(update(parameters, numbers(1)));
    expect(seen).toEqual(Object.values(shapes));
  });
});

/** A vector's exponential may differ from a number's in the last bit. */
function expectNear(actual: tf.Tensor, expected: tf.Tensor): void {
  const wanted = expected.dataSync();
  actual.dataSync().forEach((value, i) => expect(Math.abs(value - wanted[i]!)).toBeLessThanOrEqual(2e-7));
}

function variables(): NamedVariables {
  return Object.fromEntries(Object.entries(numbers(0)).map(([name, value]) => [name, tf.variable(value)]));
}

function numbers(seed: number): NamedTensors {
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape], index) => {
      const size = tf.util.sizeFromShape(shape);
      const values = Float32Array.from({ length: size }, (_, i) =>
        Math.sin(1 + i * 1.7 + index * 3 + seed * 5),
      );
      return [name, tf.tensor(values, shape)];
    }),
  );
}

function update(
  variables: NamedVariables,
  gradients: NamedTensors,
): Parameters<ReturnType<Optimizer['start']>['apply']>[0] {
  return { variables, gradients, learningRate: tf.scalar(0.1), phase: 'update' };
}

function pick<T>(values: Readonly<Record<string, T>>, names: readonly string[]): Record<string, T> {
  return Object.fromEntries(names.map((name) => [name, values[name]!]));
}
