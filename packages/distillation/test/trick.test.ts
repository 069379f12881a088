import { testTrick } from '@cantrip/testing';
import * as tf from '@tensorflow/tfjs-core';
import { distillation } from '../src/index.ts';
import { describe, it } from 'vitest';

/** Knows the classes of the tiny images: the brightness of each third. */
const teacher = (inputs: unknown): tf.Tensor => tf.sum(tf.reshape(inputs as tf.Tensor, [-1, 3, 12]), 2);

testTrick(
  {
    name: 'distillation',
    create: () => distillation({ teacher }),
    identity: () => distillation({ teacher, alpha: 0 }),
    devices: ['tensorflow', 'wasm'],
  },
  { describe, it },
);
