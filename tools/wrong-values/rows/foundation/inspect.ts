import { modelSummary, type StepProfile } from '@cantrip/inspect';
import { isPlainObject } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { options, type Rows } from '../../row.ts';
import {
  anything,
  arrayOf,
  callable,
  either,
  integer,
  isEmptyObject,
  name,
  named,
  nothing,
  optional,
  optionalOptions,
  type Rule,
  tensor,
} from '../../rules.ts';
import { trainerOptions } from '../trainer/tiny-run.ts';

const size = integer({ min: 1 });
const anyTensor: Rule = tensor({ dtypes: ['float32', 'int32', 'bool', 'string', 'complex64'] });
const model = (): unknown => sequential({ layers: [layers.dense({ units: 2, inputShape: [3] })] });

const profile: StepProfile = {
  ...({ format: 'cantrip-profile', version: 1, device: 'cpu' } as const),
  ...{ rows: [], step: 1, steps: 1 },
};

/** Every export of the package. */
export const inspectRows: Rows = {
  formatSummary: {
    right: () => [modelSummary(model() as never)],
    legal: [nothing],
  },
  formatProfile: {
    right: () => [profile],
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
  profileSteps: {
    right: () => [
      { ...trainerOptions(), model: () => Promise.reject(new Error('the work begins')) },
      { inputs: [[1, 2]], targets: [[1, 2]] },
      { steps: 1, warmUp: 0 },
    ],
    // The trainer checks its options and its data: they have rows of their own.
    legal: [
      anything,
      anything,
      options(
        { steps: optional(size), warmUp: optional(integer({ min: 0 })), folder: optional(name) },
        optionalOptions,
      ),
    ],
    who: ['createTrainer', 'fit', 'trainer'],
    endsIn: 'the work begins',
  },
};
