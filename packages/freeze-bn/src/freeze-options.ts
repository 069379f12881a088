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

/** The options as they are checked, with their defaults. */
export const freezeOptions = v.strictObject({
  layers: v.optional(
    v.union(
      [v.pipe(v.array(selector), v.nonEmpty()), selector],
      'must be a layer name, a glob, a regular expression, a function of the name, or a list of these',
    ),
    '*',
  ),
  affine: v.optional(v.picklist(['freeze', 'train']), 'freeze'),
});
