import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import type { LayerSelector } from './choose-layers.ts';

export interface FreezeBatchNormOptions {
  /** Which layers, by name; all batch normalisations of the model by default. Each selector must match one. */
  readonly layers?: LayerSelector | readonly LayerSelector[] | undefined;
  /** Whether gamma and beta of those layers are frozen too, or go on training; `'freeze'` by default. */
  readonly affine?: 'freeze' | 'train' | undefined;
}

const selector = v.custom<LayerSelector>(
  (value) =>
    (typeof value === 'string' && value !== '') || typeof value === 'function' || value instanceof RegExp,
  'must be a layer name, a glob, a regular expression or a function of the name',
);

const schema = v.strictObject({
  layers: v.optional(
    v.union(
      [v.pipe(v.array(selector), v.nonEmpty()), selector],
      'must be a layer name, a glob, a regular expression, a function of the name, or a list of these',
    ),
    '*',
  ),
  affine: v.optional(v.picklist(['freeze', 'train']), 'freeze'),
});

/** The options with their defaults. */
export interface CheckedFreezeOptions {
  readonly layers: readonly LayerSelector[];
  readonly affine: 'freeze' | 'train';
}

/** @throws CantripError OPTION_INVALID in the name of the function that the user called */
export function checkFreezeOptions(who: string, options: unknown): CheckedFreezeOptions {
  const { layers, affine } = parseOptions(who, schema, options);
  return { layers: Array.isArray(layers) ? layers : [layers], affine };
}
