import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { requireDevice } from '../require-device.ts';
import { nativeBinding } from './native-binding.ts';

// TensorFlow loads once in a process: here with deterministic ops.
process.env['TF_DETERMINISTIC_OPS'] = '1';
const device = await requireDevice('tensorflow');

describe.skipIf(device === undefined)('a TensorFlow that allows only deterministic ops', () => {
  it.each(['RandomUniform', 'RandomStandardNormal', 'TruncatedNormal'])(
    'refuses %s without a seed, and says what to do',
    (op) => {
      const binding = nativeBinding();
      const type = binding.TF_ATTR_TYPE;
      const attributes = [
        { name: 'dtype', type, value: binding.TF_FLOAT },
        { name: 'T', type, value: binding.TF_INT32 },
      ] as const;
      const shape = binding.createTensor([1], binding.TF_INT32, Int32Array.of(3));
      expect(() => binding.executeOp(op, attributes, [shape], 1)).toThrow(
        `[tensorflow] ${op} draws random numbers without a seed, but only deterministic ops are allowed. ` +
          'Draw with random(stream) of the step, drawUniform() or drawNormal(), or pass a seed to the op. (RANDOM_UNSEEDED)',
      );
      binding.deleteTensor(shape);
    },
  );

  it('refuses an op that has no deterministic form, and says what to do', () => {
    expect(() => nativeBinding().executeOp('Timestamp', [], [], 1)).toThrow(
      /^\[tensorflow\] Timestamp failed: .*Use other ops, unset TF_DETERMINISTIC_OPS, or set CANTRIP_DETERMINISTIC_OPS=warn to get only a warning \(op by op\)\. \(NATIVE_OP\)$/,
    );
  });

  it('runs every random op of TensorFlow.js, for none of them draws without a seed there', () => {
    const draw = (): tf.Tensor[] => [
      tf.randomUniform([2]),
      tf.randomNormal([2]),
      tf.truncatedNormal([2]),
      tf.randomGamma([2], 1),
      tf.multinomial(tf.zeros<tf.Rank.R1>([2]), 2),
      tf.dropout(tf.ones([2]), 0.5),
    ];
    tf.tidy(() => draw().forEach((tensor) => expect(tensor.dataSync().every(Number.isFinite)).toBe(true)));
  });
});
