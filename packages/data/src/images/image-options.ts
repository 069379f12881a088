import type { Normalization } from '@cantrip/ops';
import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { batchEntries, type BatchOptions, checkLast } from '../dataset/dataset-options.ts';
import { normalizationSchema } from '../source/normalization-schema.ts';

export interface ImageFolderOptions extends BatchOptions {
  readonly batchSize: number;
  /** The size of each image: `[height, width]`, or one number for both. Without it all must have the same size. */
  readonly size?: number | readonly [height: number, width: number];
  /**
   * How an image of another size is made to fit. `cover` (default) keeps its proportions and cuts off what is too much, at the
   * centre; `contain` keeps them and fills the rest with `background`; `fill` stretches it.
   */
  readonly fit?: 'fill' | 'cover' | 'contain';
  /** 3 for red, green and blue (default), 1 for grey. */
  readonly channels?: 1 | 3;
  /**
   * The color under transparent pixels, `[red, green, blue]`. Without it, transparency is ignored, as torchvision and
   * Keras do.
   */
  readonly background?: readonly [number, number, number];
  /**
   * The names of the class folders, in the order of the class indices. Without it, all folders are classes, sorted by name.
   * Pass the `classes` of the training folder for a test folder: then classes without an image are allowed.
   */
  readonly classes?: readonly string[];
  /**
   * What happens to a file that can't be decoded. `refuse` (default): an error that names the file, when a batch needs it.
   * `skip`: all files are decoded at the start, and broken ones are left out and listed in `skipped`.
   */
  readonly broken?: 'refuse' | 'skip';
  /** Whether to keep decoded images in memory, as bytes; by default if all of them take at most 1 GiB. */
  readonly cache?: boolean;
  /** The normalization of the bytes; see `standardization`. */
  readonly normalization?: Normalization;
}

const pixels = v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(16_384));
const byte = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(255));
const className = v.pipe(v.string(), v.nonEmpty());

/** The options of `imageFolder`, checked, with defaults filled in. */
export type CheckedImageOptions = Omit<
  ImageFolderOptions,
  'size' | 'augment' | 'fit' | 'channels' | 'shuffle' | 'dropLast' | 'padLast'
> & {
  readonly size?: number | readonly [number, number];
  readonly augment?: unknown;
  readonly fit: 'fill' | 'cover' | 'contain';
  readonly channels: 1 | 3;
  readonly shuffle: boolean;
  readonly dropLast: boolean;
  readonly padLast: boolean;
};

const schema = v.strictObject({
  size: v.optional(
    v.union([pixels, v.tuple([pixels, pixels])], 'must be [height, width], or one number for both'),
  ),
  fit: v.optional(v.picklist(['fill', 'cover', 'contain']), 'cover'),
  channels: v.optional(v.picklist([1, 3]), 3),
  background: v.optional(v.tuple([byte, byte, byte], 'must be [red, green, blue], each in [0, 255]')),
  classes: v.optional(v.pipe(v.array(className), v.nonEmpty())),
  broken: v.optional(v.picklist(['refuse', 'skip']), 'refuse'),
  cache: v.optional(v.boolean()),
  normalization: v.optional(normalizationSchema),
  ...batchEntries,
});

export function parseImageOptions(options: unknown): CheckedImageOptions {
  return checkLast('imageFolder', parseOptions('imageFolder', schema, options)) as CheckedImageOptions;
}
