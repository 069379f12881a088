import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { isLayerSelector, type LayerSelector } from './choose-layers.ts';

/** Four questions that have nothing to do with each other, and for which layers they are answered. */
export interface FreezeBatchNormOptions {
  /** Which layers; all batch normalisations of the model by default. Each selector must match one. */
  readonly layers?: LayerSelector | readonly LayerSelector[] | undefined;
  /** Which statistics normalise in training: the layer's own, or those of the batch; `'moving'` by default. */
  readonly normalizeWith?: 'moving' | 'batch' | undefined;
  /** Whether the moving statistics stay as they are, or move towards those of each batch; `'freeze'` by default. */
  readonly statistics?: 'freeze' | 'update' | undefined;
  /** Whether gamma and beta of those layers are frozen too, or go on training; `'freeze'` by default. */
  readonly affine?: 'freeze' | 'train' | undefined;
  /**
   * Whether all this holds when someone sets `trainable` of a layer or of the model, or another `call`; true by
   * default. With false whoever does that ends the freezing of what was set.
   */
  readonly reassert?: boolean | undefined;
}

const selector = v.custom<LayerSelector>(
  isLayerSelector,
  'must be a layer, its name, a glob, a regular expression, a function of the name, or { upTo: layer }',
);

/** The options with their defaults. */
export interface CheckedFreezeOptions extends FreezeModes {
  readonly layers: readonly LayerSelector[];
}

/** What becomes of the layers that were chosen. */
export interface FreezeModes {
  readonly normalizeWith: 'moving' | 'batch';
  readonly statistics: 'freeze' | 'update';
  readonly affine: 'freeze' | 'train';
  readonly reassert: boolean;
}

type Entry<Value> = v.GenericSchema<Value | undefined, Value>;

/** The option `layers` of a schema. */
export const layersEntry: Entry<readonly LayerSelector[]> = v.pipe(
  v.optional(
    v.union(
      [v.pipe(v.array(selector), v.nonEmpty()), selector],
      'must be a layer, its name, a glob, a regular expression, a function of the name, { upTo: layer }, or a list of these',
    ),
    '*',
  ),
  v.transform((given) => (Array.isArray(given) ? given : [given])),
) as Entry<readonly LayerSelector[]>;

/** The entries of {@link FreezeBatchNormOptions} in a schema. */
export const freezeEntries: {
  readonly [Name in keyof CheckedFreezeOptions]: Entry<CheckedFreezeOptions[Name]>;
} = {
  layers: layersEntry,
  normalizeWith: v.optional(v.picklist(['moving', 'batch']), 'moving'),
  statistics: v.optional(v.picklist(['freeze', 'update']), 'freeze'),
  affine: v.optional(v.picklist(['freeze', 'train']), 'freeze'),
  reassert: v.optional(v.boolean(), true),
};

/** @throws CantripError OPTION_INVALID in the name of the function that the user called */
export function checkFreezeOptions(who: string, options: unknown): CheckedFreezeOptions {
  return parseOptions(who, v.strictObject(freezeEntries), options);
}
