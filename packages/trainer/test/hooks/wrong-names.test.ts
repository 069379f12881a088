import * as tf from '@tensorflow/tfjs-core';
import { sgd } from '@cantrip/optimizers';
import { presentWays, tinyData } from '@cantrip/testing';
import { type AnyPlugin, type BatchSource, meanSquaredError } from '@cantrip/trainer';
import { describe, expect, it } from 'vitest';

const column = { values: Float32Array.of(1, 2), shape: [2, 1] };
const data: BatchSource = {
  batchesPerEpoch: 1,
  batches: () => [
    {
      inputs: { left: column, right: column },
      targets: { kind: column, size: column },
      weights: { values: Float32Array.of(1, 1), shape: [2] },
      size: 2,
    },
  ],
};

let made = 0;

/** Two inputs and two outputs, each of one number. */
function model(): (inputs: unknown) => Record<string, tf.Tensor> {
  const factor = tf.variable(tf.scalar(1), true, `wrong-names-${made++}`);
  return (inputs) => {
    const { left, right } = inputs as Record<'left' | 'right', tf.Tensor>;
    return { kind: tf.mul(left, factor), size: tf.mul(right, factor) };
  };
}

type Named = Record<string, tf.Tensor>;
type Row = readonly [hook: string, give: (given: never) => unknown, message: string];

const outputs = 'the same names that it received as outputs, kind, size';
const targets = 'the same names that it received as targets, kind, size';
const every = 'Return exactly the names that the hook received';
const rows: readonly Row[] = [
  ['transformOutputs', ({ kind }: Named) => ({ kind }), `${outputs}, got kind. ${every}`],
  [
    'transformOutputs',
    (all: Named) => ({ ...all, odd: all['kind'] }),
    `${outputs}, got kind, size, odd. ${every}`,
  ],
  ['transformOutputs', ({ kind }: Named) => kind, `${outputs}, got one tensor. ${every}`],
  ['transformOutputs', () => ({}), `${outputs}, got no tensor. ${every}`],
  ['transformTargets', ({ size }: Named) => ({ size }), `${targets}, got size. ${every}`],
  [
    'transformTargets',
    ({ kind, size }: Named) => ({ kind, sise: size }),
    `${targets}, got kind, sise. ${every}`,
  ],
  ['transformTargets', ({ size }: Named) => size, `${targets}, got one tensor. ${every}`],
  [
    'transformBatch',
    (batch: object) => ({ ...batch, lambda: 0.5, sampleWeight: 1 }),
    'a batch of inputs, targets, weights, mixture, got also the unknown lambda, sampleWeight. Remove the unknown fields',
  ],
  [
    'transformBatch',
    ({ inputs, targets }: Record<string, Named>) => ({ inputs, targets }),
    'the weights of the batch, got a batch without weights. Return { ...batch, inputs }, which keeps the other fields',
  ],
  [
    'transformBatch',
    ({ inputs, ...batch }: Record<string, Named>) => ({ ...batch, inputs: { left: inputs!['left'] } }),
    `the same names that it received as inputs, left, right, got left. ${every}`,
  ],
  [
    'transformBatch',
    ({ targets, ...batch }: Record<string, Named>) => ({
      ...batch,
      targets: { ...targets, odd: targets!['kind'] },
    }),
    `${targets}, got kind, size, odd. ${every}`,
  ],
  [
    'scheduleScalars',
    (all: object) => ({ ...all, learningRate: 3 }),
    'scalars with names of its own, got learningRate, which the trainer sets. Use scheduleLearningRate, or another name',
  ],
  [
    'scheduleScalars',
    (all: object) => ({ ...all, step: 0 }),
    'scalars with names of its own, got step, which the trainer sets. Use another name',
  ],
];

describe.each(await presentWays())('a hook that gives other names than it was given, $name,', (way) => {
  it.each(rows)('%s is named, before anything changes, row %#', async (hook, give, message) => {
    const log: string[] = [];
    const odd: AnyPlugin = { name: 'odd', [hook]: give };
    const loss = { kind: meanSquaredError(), size: meanSquaredError() };
    const options = { model: model as never, loss, metrics: {}, optimizer: sgd({ learningRate: 0.1 }) };
    const trainer = way.tinyTrainer([odd], { ...options, log: (line) => void log.push(line) });
    await trainer.open();
    const before = await trainer.save();
    await expect(trainer.fit(data, { epochs: 1 })).rejects.toThrow(
      `[odd] ${hook} must return ${message}. (HOOK_RESULT)`,
    );
    // The data that the run has seen is noted before its first step.
    expect({ ...(await trainer.save()), data: undefined }).toEqual(before);
    expect(log.filter((line) => line.includes('begun to change'))).toEqual([]);
    trainer.dispose();
  });

  it('is free to change values, to add weights and to return its argument', async () => {
    const plugin: AnyPlugin = {
      name: 'even',
      transformBatch: ({ inputs, targets }: { inputs: tf.Tensor; targets: tf.Tensor }) => ({
        inputs: tf.mul(inputs, 2),
        targets,
        weights: tf.ones([8]),
      }),
      transformTargets: (targets: unknown) => targets,
      transformOutputs: (outputs: tf.Tensor) => tf.mul(outputs, 1),
      scheduleScalars: (scalars: object) => ({ ...scalars, share: 0.5 }),
    } as never;
    const trainer = way.tinyTrainer([plugin]);
    await expect(trainer.fit(tinyData(), { epochs: 1 })).resolves.toBeDefined();
    trainer.dispose();
  });

  it.each([1e39, -1e39])('a learning rate of %s, which is infinite in the step, is refused', async (rate) => {
    const odd: AnyPlugin = { name: 'odd', scheduleLearningRate: () => rate };
    await expect(way.tinyTrainer([odd]).fit(tinyData(), { epochs: 1 })).rejects.toThrow(
      `[odd] scheduleLearningRate must return a finite number >= 0, got ${rate} (infinite in float32). `,
    );
  });
});
