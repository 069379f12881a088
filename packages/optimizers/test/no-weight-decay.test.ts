import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { adamw, noDecayOnBiasesAndNorms, type Optimizer, sgd } from '../src/index.ts';
import golden from './golden/no-weight-decay.json' with { type: 'json' };
import { relativeError } from './near.ts';

const { data, ...cases } = golden.cases;
type Named = Readonly<Record<string, tf.TensorLike>>;

const names = Object.keys(data.start);
const roles = Object.fromEntries(
  names.filter((name) => name.endsWith('_2')).map((name) => [name, name.slice(0, -'_2'.length)]),
);
const tensors = (named: Named): Record<string, tf.Tensor> =>
  Object.fromEntries(Object.entries(named).map(([name, values]) => [name, tf.tensor(values)]));

const asTimm = [noDecayOnBiasesAndNorms];
const own = [...asTimm, { match: 'pos_embed/**', weightDecay: 0 }];

const kinds: readonly (readonly [keyof typeof cases, Optimizer])[] = [
  ['adamw', adamw({ learningRate: 0.05, weightDecay: 0.1, groups: asTimm })],
  ['adamw, own pattern', adamw({ learningRate: 0.05, weightDecay: 0.1, groups: own })],
  ['sgd, own pattern', sgd({ learningRate: 0.05, momentum: 0.9, weightDecay: 0.1, groups: own })],
];

describe('weight decay without biases, norms and own patterns', () => {
  it.each(kinds)('is that of timm and PyTorch: %s', (name, optimizer) => {
    const variables = Object.fromEntries(
      Object.entries(tensors(data.start)).map(([one, value]) => [one, tf.variable(value)]),
    );
    const running = optimizer.start(names, roles);
    for (const gradients of data.gradients)
      running.apply({
        variables,
        gradients: tensors(gradients),
        learningRate: tf.scalar(optimizer.learningRate),
        phase: 'update',
      });
    for (const [one, expected] of Object.entries(cases[name]))
      expect(relativeError(variables[one]!, expected, 'largest'), one).toBeLessThan(
        golden.tolerance.relative,
      );
    running.dispose();
    tf.dispose(variables);
  });
});
