import * as tf from '@tensorflow/tfjs-core';
import { options, type Rows } from '../../row.ts';
import {
  arrayOf,
  callable,
  either,
  flag,
  name,
  named,
  nothing,
  oneOf,
  optional,
  optionalOptions,
  pattern,
  type Rule,
  text,
} from '../../rules.ts';

const variables = (): object => ({ w: tf.variable(tf.zeros([1])) });
/** A model that ends where its weights would be read. */
const savedNowhere = (): object => ({
  layers: [],
  weights: [],
  save: () => Promise.reject(new Error('the work begins')),
});
const stored = (): ReadonlyMap<string, unknown> =>
  new Map([['w', { dtype: 'F32', shape: [1], bytes: new Uint8Array(4) }]]);
/** Tables of texts, of which the table of wrong values has only empty ones. */
const names: Rule = either(callable, named(text));
const layout: Rule = either(callable, oneOf('tensorflow', 'pytorch'));
const partial: Rule = either(flag, arrayOf(oneOf('missing', 'extra', 'misshapen')));
const emptyTable: Rule = named(nothing);
const path = name;

/** Every export of the package. */
export const weightsRows: Rows = {
  exportWeights: {
    right: () => [variables(), {}],
    legal: [
      nothing,
      options(
        { names: optional(names), layout: optional(layout), values: optional(emptyTable) },
        optionalOptions,
      ),
    ],
  },
  importWeights: {
    right: () => [variables(), stored(), {}],
    legal: [
      nothing,
      (value) => value instanceof Map,
      options(
        {
          names: optional(names),
          layout: optional(layout),
          partial: optional(partial),
          ignore: optional(arrayOf(pattern)),
        },
        optionalOptions,
      ),
    ],
  },
  torchNames: { right: () => [{ stem: 'conv1' }], legal: [optional(names)] },
};

/** Every export of its part for Node. */
export const weightsFilesRows: Rows = {
  exportModel: {
    right: () => [savedNowhere(), 'model', {}],
    legal: [
      nothing,
      path,
      options({ values: optional(emptyTable), foldBatchNorm: optional(flag) }, optionalOptions),
    ],
    endsIn: 'the work begins',
  },
  loadModel: { right: () => ['model'], legal: [path], endsIn: '[loadModel] cannot find' },
  useFileUrls: 'takes nothing',
};
