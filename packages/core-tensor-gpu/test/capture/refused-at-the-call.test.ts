import { captureStep, stoppedRecording } from '@cantrip/core-tensor-gpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { descendInPlace } from '@cantrip/ops';
import type { NativeBackend } from '../../src/native/upstream/upstream.ts';
import { nativeBinding } from '../native/native-binding.ts';
import { requireDevice } from '../require-device.ts';

const device = await requireDevice('tensorflow');

/** The inverse of a 2 x 2 matrix, by an op that fails when it is called: no graph knows which matrices have one. */
function inverse(matrix: tf.Tensor): tf.Tensor {
  const backend = tf.backend() as NativeBackend;
  const { binding } = backend;
  const attributes = [
    { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
    { name: 'adjoint', type: binding.TF_ATTR_BOOL, value: false },
  ];
  const ids = backend.getInputTensorIds([matrix]);
  return backend.createOutputTensor(binding.executeOp('MatrixInverse', attributes, ids, 1)[0]!);
}

const thrownBy = (run: () => unknown): unknown => {
  try {
    return run();
  } catch (error) {
    return error;
  }
};

interface Fed {
  readonly gradient: tf.Tensor;
}

/** A step that updates its weights in place, and then inverts them. */
function failing(compare: 'first' | 'later') {
  const weights = tf.variable(tf.tensor2d([1, 0, 0, 1], [2, 2]));
  const total = tf.variable(tf.scalar(0));
  const learningRate = tf.scalar(1);
  const step = captureStep(
    ({ gradient }: Fed) => {
      total.assign(tf.add(total, 1));
      descendInPlace(weights, gradient, { learningRate });
      return inverse(weights);
    },
    { compare },
  );
  return { weights, total, step };
}

const allOnes = tf.tensor2d([1, 1, 1, 1], [2, 2]);
const toSingular = { gradient: tf.sub(tf.eye(2), allOnes) };

describe.skipIf(!device)('a function that TensorFlow refuses', () => {
  afterEach(() => vi.restoreAllMocks());

  it.each(['first', 'later'] as const)(
    'at its first call, after it has changed variables, leaves them as they were (compared %s)',
    async (compare) => {
      const { weights, total, step } = failing(compare);
      const failure = thrownBy(() => step.runSync(toSingular));
      expect(String(failure)).toMatch(/MatrixInverse in the captured step failed: Input is not invertible\./);
      expect(stoppedRecording(failure)).toBe(true);
      expect([...weights.dataSync(), ...total.dataSync()]).toEqual([1, 0, 0, 1, 0]);
      await expect(step.run(toSingular)).rejects.toThrow('not invertible');
      expect([...weights.dataSync(), ...total.dataSync()]).toEqual([1, 0, 0, 1, 0]);
      // What it does afterwards has an effect, once.
      const half = { gradient: tf.mul(tf.eye(2), 0.5) };
      expect([...(await step.run(half)).dataSync()]).toEqual([2, 0, 0, 2]);
      expect([...weights.dataSync(), ...total.dataSync()]).toEqual([0.5, 0, 0, 0.5, 1]);
    },
  );

  it('at a later call does not say that the step can not be recorded', () => {
    const { step } = failing('first');
    step.runSync({ gradient: tf.zeros([2, 2]) }).dispose();
    const failure = thrownBy(() => step.runSync(toSingular));
    expect([String(failure), stoppedRecording(failure)]).toEqual([
      expect.stringContaining('MatrixInverse in the captured step failed'),
      false,
    ]);
  });

  it('says whose code the op was', () => {
    const step = captureStep(({ x }: { x: tf.Tensor }) => inverse(x), {
      where: () => ({ who: 'odd', within: 'transformOutputs' }),
    });
    expect(() => step.runSync({ x: allOnes })).toThrow(
      /^\[odd\] in transformOutputs, MatrixInverse in the captured step failed: .*\(NATIVE_OP\)$/,
    );
  });

  it('before it runs leaves no tensor behind', () => {
    const { library } = nativeBinding();
    const name = library.name.bind(library);
    const { weights, step } = failing('later');
    const before = tf.memory().numTensors;
    vi.spyOn(library, 'name').mockImplementation((text) =>
      name(text.startsWith('cantrip_step') ? 'NoSuchOp' : text),
    );
    const failure = thrownBy(() => step.runSync(toSingular));
    expect([String(failure), stoppedRecording(failure)]).toEqual([expect.stringContaining('NoSuchOp'), true]);
    expect([tf.memory().numTensors, ...weights.dataSync()]).toEqual([before, 1, 0, 0, 1]);
  });
});
