import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { isLayerSelector, type LayerSelector } from './choose-layers.ts';

/** The options of {@link freezeBatchNorm}. The four options after `layers` are independent of each other. */
export interface FreezeBatchNormOptions {
  /** The layers to freeze; by default all batch normalisations of the model. Each selector must match at least one. */
  readonly layers?: LayerSelector | readonly LayerSelector[] | undefined;
  /**
   * The statistics used to normalise in training: the layer's moving statistics, or those of the batch; `'moving'`
   * by default.
   */
  readonly normalizeWith?: 'moving' | 'batch' | undefined;
  /** Whether to keep the moving statistics (`'freeze'`), or update them with each batch; `'freeze'` by default. */
  readonly statistics?: 'freeze' | 'update' | undefined;
  /** Whether to freeze gamma and beta of these layers, or train them; `'freeze'` by default. */
  readonly affine?: 'freeze' | 'train' | undefined;
  /**
   * Whether the layers stay frozen when other code sets `trainable` of a layer or model, or replaces `call`. True by
   * default. With false, such an assignment unfreezes what it sets.
   */
  readonly reassert?: boolean | undefined;
}

const selector = v.custom<LayerSelector>(
  isLayerSelector,
  'must be a layer, its name, a glob, a regular expression, a function of the name, or { upTo: layer }',
);

/** The options, with defaults. */
export interface CheckedFreezeOptions extends FreezeModes {
  readonly layers: readonly LayerSelector[];
}

/** What to do with the chosen layers. */
export interface FreezeModes {
  readonly normalizeWith: 'moving' | 'batch';
  readonly statistics: 'freeze' | 'update';
  readonly affine: 'freeze' | 'train';
  readonly reassert: boolean;
}

type Entry<Value> = v.GenericSchema<Value | undefined, Value>;

/** Schema of the option `layers`. */
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

/** Schema entries of {@link FreezeBatchNormOptions}. */
export const freezeEntries: {
  readonly [Name in keyof CheckedFreezeOptions]: Entry<CheckedFreezeOptions[Name]>;
} = {
  layers: layersEntry,
  normalizeWith: v.optional(v.picklist(['moving', 'batch']), 'moving'),
  statistics: v.optional(v.picklist(['freeze', 'update']), 'freeze'),
  affine: v.optional(v.picklist(['freeze', 'train']), 'freeze'),
  reassert: v.optional(v.boolean(), true),
};

/** @throws CantripError OPTION_INVALID, which names the function `who` that the user called */
export function checkFreezeOptions(who: string, options: unknown): CheckedFreezeOptions {
  return parseOptions(who, v.strictObject(freezeEntries), options);
}
