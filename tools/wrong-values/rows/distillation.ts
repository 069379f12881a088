import * as tf from '@tensorflow/tfjs-core';
import { options, type Rows } from '../row.ts';
import { callable, name, number, oneOf, optional, optionalOptions, tensor, text } from '../rules.ts';

const loss = { kind: optional(oneOf('soft', 'hard')), temperature: optional(number({ above: 0 })) };

/** Every export of the package. */
export const distillationRows: Rows = {
  distillation: {
    right: () => [{ teacher: (inputs: tf.Tensor) => inputs }],
    legal: [
      options({
        ...loss,
        teacher: callable,
        alpha: optional(number({ min: 0, max: 1 })),
        teacherGives: optional(oneOf('logits', 'probabilities')),
        output: optional(text),
        instance: optional(name),
      }),
    ],
  },
  distillationLoss: {
    right: () => [tf.ones([2, 2]), tf.ones([2, 2]), {}],
    legal: [
      tensor({ shape: [2, 2] }),
      tensor({ shape: [2, 2] }),
      options({ ...loss, weights: optional(tensor({ shape: [2] })) }, optionalOptions),
    ],
  },
};
