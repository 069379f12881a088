import { presentDevices, testTrick, tinyData, tinyTrainer } from '@cantrip/testing';
import { type Plugin, softmaxCrossEntropy, type StepContext, type Tensors } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { labelSmoothing, smoothLabels } from '../src/index.ts';

testTrick(
  {
    name: 'label-smoothing',
    create: () => labelSmoothing({ smoothing: 0.1 }),
    identity: () => labelSmoothing({ smoothing: 0 }),
    devices: ['tensorflow', 'wasm'],
  },
  { describe, it },
);

beforeAll(() => presentDevices(['cpu']));

describe('the label-smoothing plugin', () => {
  it('lets the loss see smoothed targets and the metrics the true ones', async () => {
    const seen: { loss?: Tensors; metrics?: Tensors } = {};
    const { name, compute } = softmaxCrossEntropy();
    const trainer = tinyTrainer([labelSmoothing()], {
      loss: {
        name,
        compute: (targets, outputs) => (
          (seen.loss ??= tf.keep(tf.clone(targets))),
          compute(targets, outputs)
        ),
      },
      metrics: [
        {
          name: 'spy',
          compute: (targets) => ((seen.metrics ??= tf.keep(tf.clone(targets))), tf.scalar(0)),
        },
      ],
    });
    await trainer.fit(tinyData(), { epochs: 1 });
    trainer.dispose();
    expect((seen.metrics as tf.Tensor).dtype).toBe('int32');
    const wanted = smoothLabels(seen.metrics as tf.Tensor, { smoothing: 0.1, classes: 3 });
    expect((seen.loss as tf.Tensor).arraySync()).toEqual(wanted.arraySync());
  });

  it('does not touch validation', async () => {
    const losses = await Promise.all(
      [labelSmoothing({ smoothing: 0 }), labelSmoothing({ smoothing: 0.5 })].map(async (plugin) => {
        const trainer = tinyTrainer([plugin]);
        const { loss } = await trainer.evaluate(tinyData());
        trainer.dispose();
        return loss;
      }),
    );
    expect(losses[0]).toBe(losses[1]);
  });

  it('smooths the named targets and leaves the others as they are', () => {
    const targets = { digit: tf.tensor1d([1], 'int32'), box: tf.tensor2d([[0.5, 0.5]]) };
    const outputs = { digit: tf.zeros([1, 4]), box: tf.zeros([1, 2]) };
    const result = transformed(labelSmoothing({ output: 'digit' }), targets, outputs) as typeof targets;
    expect(result.box).toBe(targets.box);
    expect(result.digit.shape).toEqual([1, 4]);
  });

  it('takes the only target of a batch with names', () => {
    const targets = { digit: tf.tensor1d([1], 'int32') };
    const result = transformed(labelSmoothing(), targets, tf.zeros([1, 4])) as typeof targets;
    expect(result.digit.shape).toEqual([1, 4]);
  });

  it('takes one-hot targets of any type of number', () => {
    const targets = tf.tensor2d([[0, 1]], [1, 2], 'int32');
    const result = transformed(labelSmoothing({ smoothing: 0.5 }), targets, tf.zeros([1, 2])) as tf.Tensor;
    expect(Array.from(result.dataSync())).toEqual([0.25, 0.75]);
  });
});

function transformed(plugin: Plugin, targets: Tensors, outputs: Tensors): Tensors {
  return plugin.transformTargets!(targets, {
    outputs,
    locals: { lossSmooths: false },
  } as StepContext<{ lossSmooths: boolean }> & { outputs: Tensors });
}
