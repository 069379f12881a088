import { CantripError } from '@cantrip/errors';
import type { ImageFiles, ImageForm } from '../source/image-files.ts';
import { nodeModule } from '../source/node-module.ts';
import type { Sharp } from './load-sharp.ts';

const who = 'imageFolder';

/**
 * Decodes a file to bytes [height, width, channels].
 *
 * The picture is turned upright as its EXIF data says. Values of 16 bits become bytes, CMYK becomes RGB.
 *
 * @throws CantripError DATA_FORMAT that names the file
 */
export async function decodeImage(sharp: Sharp, files: ImageFiles, example: number): Promise<Uint8Array> {
  const name = files.names[example]!;
  const path = nodeModule('path').join(files.folder, name);
  const { data, width, height } = await decoded(sharp, path, files.form).catch((cause: unknown) => {
    throw broken(path, cause);
  });
  if (width !== files.form.width || height !== files.form.height)
    throw otherSize(path, [height, width], files);
  return files.form.channels === 3 ? data : luma(data);
}

/** The size of an image that stands upright. */
export async function sizeOf(sharp: Sharp, path: string): Promise<readonly [height: number, width: number]> {
  const { autoOrient } = await sharp(path)
    .metadata()
    .catch((cause: unknown) => {
      throw broken(path, cause);
    });
  return [autoOrient.height, autoOrient.width];
}

interface Decoded {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

async function decoded(sharp: Sharp, path: string, form: ImageForm): Promise<Decoded> {
  const { fit, width, height, background } = form;
  // The level of truncated files, which Pillow refuses too. A stricter level refuses files that only carry extra bytes.
  const image = sharp(path, { failOn: 'error' }).autoOrient();
  if (background) image.flatten({ background: colorOf(background) });
  if (fit) {
    image.resize({
      width,
      height,
      fit,
      kernel: 'linear',
      background: colorOf(background ?? [0, 0, 0]),
    });
  }
  const { data, info } = await image
    .removeAlpha()
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return { data: rgb(data, info), width: info.width, height: info.height };
}

/** A grey picture has one channel. */
function rgb(
  data: Uint8Array,
  { channels, width, height }: { channels: number; width: number; height: number },
): Uint8Array {
  if (channels === 3) return data;
  const values = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++)
    values.fill(data[pixel * channels]!, pixel * 3, pixel * 3 + 3);
  return values;
}

/** The brightness of ITU-R 601, rounded as Pillow does. */
function luma(data: Uint8Array): Uint8Array {
  const values = new Uint8Array(data.length / 3);
  for (let pixel = 0; pixel < values.length; pixel++) {
    const at = pixel * 3;
    values[pixel] = (data[at]! * 19595 + data[at + 1]! * 38470 + data[at + 2]! * 7471 + 0x8000) >> 16;
  }
  return values;
}

function colorOf([r, g, b]: readonly [number, number, number]): { r: number; g: number; b: number } {
  return { r, g, b };
}

function broken(path: string, cause: unknown): CantripError {
  const reason = cause instanceof Error ? cause.message.replace(/\s*\n\s*/g, ' ').trim() : String(cause);
  return new CantripError('DATA_FORMAT', {
    who,
    what: `the image ${path} cannot be decoded: ${reason}`,
    fix: "Repair or remove the file, or set broken to 'skip'",
    cause,
  });
}

function otherSize(path: string, size: readonly number[], { form, folder, names }: ImageFiles): CantripError {
  return new CantripError('SHAPE_MISMATCH', {
    who,
    what: `all images must have the same size if size is not set, but ${path} is [${size.join(', ')}] and ${nodeModule('path').join(folder, names[0]!)} is [${form.height}, ${form.width}]`,
    fix: 'Set size to [height, width]',
  });
}
