import { CantripError, parseOptions, schemaOf } from '@cantrip/errors';
import { type HorizonOptions, type Length, lengthCheck } from '@cantrip/plugin-kit';
import * as v from 'valibot';

export interface ProgressiveResizingOptions extends Pick<HorizonOptions, 'newHorizon'> {
  /** How images become smaller: `resize` (the default), or `crop` for a random window of each batch. */
  readonly mode?: 'resize' | 'crop';
  /** How images are resized: `bilinear` (the default) or `nearest`. */
  readonly interpolation?: 'bilinear' | 'nearest';
  /**
   * Whether targets for every pixel become smaller too, e.g. for segmentation; false by default. They keep the classes that
   * they have: the nearest pixel is read, also with `bilinear`. A crop is that of the images.
   */
  readonly resizeTargets?: boolean;
  /** The scale at the start, in (0, 1]; 0.5 by default. 1 changes nothing. */
  readonly initialScale?: number;
  /** How long the images have the first size: steps, `'3ep'` or a share of the run; `'50%'` by default. */
  readonly delay?: Length;
  /** How long training ends with whole images; `'20%'` by default. */
  readonly finetune?: Length;
  /** The width of the images is a multiple of this number of pixels; at least 1, 4 by default. */
  readonly sizeIncrement?: number;
  /** The width of whole images. Needed if the model does not declare it. */
  readonly width?: number | undefined;
}

const length = schemaOf<Length>(lengthCheck);
const pixels = v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(2 ** 24));
const schema = v.strictObject({
  mode: v.optional(v.picklist(['resize', 'crop']), 'resize'),
  interpolation: v.optional(v.picklist(['bilinear', 'nearest']), 'bilinear'),
  resizeTargets: v.optional(v.boolean(), false),
  initialScale: v.optional(v.pipe(v.number(), v.gtValue(0), v.maxValue(1)), 0.5),
  delay: v.optional(length, '50%'),
  finetune: v.optional(length, '20%'),
  sizeIncrement: v.optional(pixels, 4),
  width: v.optional(pixels),
  newHorizon: v.optional(v.picklist(['keep', 'stretch', 'continue'])),
});

/** The options with defaults. */
export type ReadProgressiveResizing = Required<Omit<ProgressiveResizingOptions, 'width' | 'newHorizon'>> &
  Pick<ProgressiveResizingOptions, 'width' | 'newHorizon'>;

/** @throws CantripError OPTION_INVALID */
export function readProgressiveResizing(options: ProgressiveResizingOptions): ReadProgressiveResizing {
  const read = parseOptions('progressiveResizing', schema, options) as ReadProgressiveResizing;
  const [delay, finetune] = [shareOf(read.delay), shareOf(read.finetune)];
  if (delay !== undefined && finetune !== undefined && delay + finetune > 100 + 1e-9)
    throw tooLong(`${read.delay} and ${read.finetune}`);
  return read;
}

/** @throws CantripError OPTION_INVALID */
export function tooLong(what: string): CantripError {
  return new CantripError('OPTION_INVALID', {
    who: 'progressiveResizing',
    what: `delay and finetune must fit into the run together, but they are ${what}`,
    fix: 'Make delay or finetune shorter',
  });
}

const shareOf = (one: Length): number | undefined =>
  typeof one === 'string' && one.endsWith('%') ? Number.parseFloat(one) : undefined;
