import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';

export interface FrozenShareOptions {
  /** The share of the run after which freezing begins, in [0, 1]; 0.5 by default. */
  readonly start?: number | undefined;
  /** The share of the layers that is frozen at the end of the run, in [0, 1]; 1 by default. */
  readonly level?: number | undefined;
}

export interface FrozenLayersOptions extends FrozenShareOptions {
  /** The number of layers that may be frozen, at least 0. */
  readonly layers: number;
  /** The share of the run that is over, in [0, 1]. */
  readonly elapsed: number;
}

/** Schema of a share of a whole. */
export const shareSchema: v.GenericSchema<number> = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

const entries = { start: v.optional(shareSchema, 0.5), level: v.optional(shareSchema, 1) };
const shareOptions = v.strictObject(entries);
const elapsedSchema = v.object({ elapsed: shareSchema });
const schema = v.strictObject({
  ...entries,
  layers: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  elapsed: shareSchema,
});

/**
 * The share of the layers that is frozen: 0 until `start`, then `level * (elapsed - start) / (1 - start)`.
 *
 * @param elapsed - the share of the run that is over, in [0, 1]
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * frozenShare(0.75); // 0.5
 * ```
 * @see Brock et al., FreezeOut, https://arxiv.org/abs/1706.04983
 */
export function frozenShare(elapsed: number, options: FrozenShareOptions = {}): number {
  parseOptions('frozenShare', elapsedSchema, { elapsed });
  return shareAt(elapsed, parseOptions('frozenShare', shareOptions, options));
}

/**
 * How many layers are frozen, counted from the input: the {@link frozenShare} of them, rounded down.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * frozenLayers({ layers: 5, elapsed: 0.7 }); // 2
 * ```
 */
export function frozenLayers(options: FrozenLayersOptions): number {
  const { layers, elapsed, ...rest } = parseOptions('frozenLayers', schema, options);
  return countAt(layers, elapsed, rest);
}

interface Checked {
  readonly start: number;
  readonly level: number;
}

const shareAt = (elapsed: number, { start, level }: Checked): number =>
  elapsed <= start ? 0 : (level * (elapsed - start)) / (1 - start);

/** {@link frozenLayers} of options that are right. A rounding error of the share does not cost a layer. */
export const countAt = (layers: number, elapsed: number, options: Checked): number =>
  Math.floor(shareAt(elapsed, options) * layers + 1e-9);
