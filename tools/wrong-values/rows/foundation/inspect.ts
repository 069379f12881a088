import { modelSummary } from '@cantrip/inspect';
import { isPlainObject } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { options, type Rows } from '../../row.ts';
import {
  arrayOf,
  callable,
  either,
  integer,
  isEmptyObject,
  named,
  nothing,
  optional,
  optionalOptions,
  type Rule,
  tensor,
} from '../../rules.ts';

const size = integer({ min: 1 });
const anyTensor: Rule = tensor({ dtypes: ['float32', 'int32', 'bool', 'string', 'complex64'] });
const model = (): unknown => sequential({ layers: [layers.dense({ units: 2, inputShape: [3] })] });

/** Every export of the package. */
export const inspectRows: Rows = {
  formatSummary: {
    right: () => [modelSummary(model() as never)],
    legal: [nothing],
  },
  functionSummary: {
    right: () => [(x: unknown) => x, { inputs: tf.ones([2, 3]), variables: {} }],
    // Other functions return no tensors.
    legal: [callable, options({ inputs: either(anyTensor, named(anyTensor)), variables: isEmptyObject })],
    who: ['model'],
  },
  modelSummary: {
    right: () => [model(), {}],
    legal: [
      nothing,
      options(
        {
          batchSize: optional(size),
          inputShapes: optional(
            (value) => isEmptyObject(value) || (arrayOf(size)(value) && String(value) === '3'),
          ),
          flops: optional((value) => isPlainObject(value) && Object.values(value).every(callable)),
        },
        optionalOptions,
      ),
    ],
  },
};
