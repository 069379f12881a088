import { parseOptions, schemaOf } from '@cantrip/errors';
import * as v from 'valibot';
import { minmaxCheck } from '../mixing/cut-box.ts';
import type { Pairing } from '../mixing/partners.ts';

/** Whose share is drawn: one for the `batch`, one for each `pair` of examples, or one for each example (`elem`). */
export type MixingMode = 'batch' | 'pair' | 'elem';

export interface MixupOptions {
  /** Mixup's share is drawn from Beta(alpha, alpha). At least 0; 0 switches mixup off. 0.2 by default. */
  readonly alpha?: number;
  /** CutMix's share is drawn from Beta(cutmixAlpha, cutmixAlpha). At least 0; 0, the default, switches CutMix off. */
  readonly cutmixAlpha?: number;
  /**
   * The smallest and the largest side of CutMix's box, as shares of the image's side. The sides are drawn between
   * them, and the share follows from the box. CutMix is then on, also if `cutmixAlpha` is 0.
   */
  readonly cutmixMinmax?: readonly [number, number];
  /**
   * What has a share and a box of its own: the `batch` (the default), each `pair` of examples, which are then partners
   * of each other, or each example (`elem`).
   */
  readonly mode?: MixingMode;
  /** The probability that a batch, a pair or an example is mixed at all, in [0, 1]; 1 by default. 0 changes nothing. */
  readonly probability?: number;
  /** The probability of CutMix instead of mixup where both are on, in [0, 1]; 0.5 by default. */
  readonly switchProbability?: number;
  /** Whether CutMix's labels have the share of the box that was pasted, cut off at the edges; true by default. */
  readonly correctShare?: boolean;
  /** How each example finds its partner: by a random `permutation` (the default), or from the other end (`flip`). */
  readonly pairing?: Pairing;
  /** The first epoch, counted from 0, that no longer mixes; by default every epoch mixes. */
  readonly offEpoch?: number | undefined;
}

const alpha = v.pipe(v.number(), v.finite(), v.minValue(0));
const probability = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const schema = v.strictObject({
  alpha: v.optional(alpha, 0.2),
  cutmixAlpha: v.optional(alpha, 0),
  cutmixMinmax: v.optional(schemaOf(minmaxCheck)),
  mode: v.optional(v.picklist(['batch', 'pair', 'elem']), 'batch'),
  probability: v.optional(probability, 1),
  switchProbability: v.optional(probability, 0.5),
  correctShare: v.optional(v.boolean(), true),
  pairing: v.optional(v.picklist(['permutation', 'flip']), 'permutation'),
  offEpoch: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
});

/** The options with defaults filled in. */
export type ParsedMixup = Required<Omit<MixupOptions, 'cutmixMinmax' | 'offEpoch'>> & {
  readonly cutmixMinmax?: readonly [number, number] | undefined;
  readonly offEpoch?: number | undefined;
};

/** @throws CantripError OPTION_INVALID */
export const readMixupOptions = (options: MixupOptions): ParsedMixup =>
  parseOptions('mixup', schema, options);
