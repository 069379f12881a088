import { crc32, deflateSync } from 'node:zlib';
import { CantripError, describe } from '@cantrip/errors';

/** Pixels: bytes from 0 to 255, or floats from 0 to 1. */
export interface Pixels {
  readonly values: Uint8Array | Uint8ClampedArray | Int32Array | Float32Array | Float64Array;
  /** `[height, width]` or `[height, width, channels]` with 1 channel (gray), 3 (RGB) or 4 (RGBA). */
  readonly shape: readonly number[];
}

/** An image as a PNG file. */
export interface Picture {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly png: Uint8Array;
}

/** By channels, the color type of PNG. */
const colorTypes: Readonly<Record<number, number>> = { 1: 0, 3: 2, 4: 6 };

/**
 * Encodes pixels as PNG, without loss. NaN becomes black.
 *
 * @throws CantripError OPTION_INVALID for another shape, or values outside their range
 */
export function pictureOf(who: string, pixels: Pixels): Picture {
  const { height, width, channels } = checkedSize(who, pixels);
  const bytes = asBytes(who, pixels.values);
  const rowBytes = width * channels;
  // Each row begins with the number of its filter; 0 is none.
  const rows = new Uint8Array(height * (rowBytes + 1));
  for (let row = 0; row < height; row++)
    rows.set(bytes.subarray(row * rowBytes, (row + 1) * rowBytes), row * (rowBytes + 1) + 1);
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, colorTypes[channels]!], 8);
  const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  const parts = [
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', new Uint8Array()),
  ];
  return { height, width, channels, png: Buffer.concat(parts) };
}

function chunk(kind: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(kind), 4);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

function checkedSize(who: string, pixels: Pixels): Pick<Picture, 'height' | 'width' | 'channels'> {
  const { values, shape } = (pixels ?? {}) as Partial<Pixels>;
  const [height = 0, width = 0, channels = 1] = Array.isArray(shape) ? (shape as readonly number[]) : [];
  const isSize =
    Array.isArray(shape) &&
    (shape.length === 2 || shape.length === 3) &&
    [height, width].every((size) => Number.isSafeInteger(size) && size > 0) &&
    channels in colorTypes;
  if (!isSize)
    throw refused(
      who,
      `an image must have the shape [height, width] or [height, width, channels] with 1, 3 or 4 channels, got ${describe(shape ?? pixels)}`,
      'Pass { values, shape: [28, 28, 1] }; of a batch, pass one image after the other',
    );
  if (!isPixelArray(values) || values.length !== height * width * channels)
    throw refused(
      who,
      `an image of shape [${shape.join(', ')}] must have ${height * width * channels} values in a typed array, got ${ArrayBuffer.isView(values) ? `${(values as Float32Array).length} values` : describe(values)}`,
      'Pass a Uint8Array with values from 0 to 255, or a Float32Array with values from 0 to 1',
    );
  return { height, width, channels };
}

const isPixelArray = (values: unknown): values is Pixels['values'] =>
  [Uint8Array, Uint8ClampedArray, Int32Array, Float32Array, Float64Array].some(
    (kind) => values instanceof kind,
  );

/** What rounding may do to a value at the end of the range. */
const rounding = 1e-3;

function asBytes(who: string, values: Pixels['values']): Uint8Array {
  if (values instanceof Uint8Array || values instanceof Uint8ClampedArray)
    return new Uint8Array(values.buffer, values.byteOffset, values.length);
  const isFloat = !(values instanceof Int32Array);
  const most = isFloat ? 1 : 255;
  const slack = isFloat ? rounding : 0;
  const wrong = values.find((value) => value < -slack || value > most + slack);
  if (wrong !== undefined)
    throw refused(
      who,
      `${isFloat ? 'pixels that are floats must be from 0 to 1' : 'pixels must be from 0 to 255'}, got ${wrong}`,
      isFloat
        ? 'Pass a Uint8Array for values from 0 to 255; undo a normalisation with (value - min) / (max - min)'
        : 'Scale the values',
    );
  // Clamped and rounded; NaN becomes 0.
  const bytes = Uint8ClampedArray.from(values, (value) => (isFloat ? value * 255 : value));
  return new Uint8Array(bytes.buffer);
}

const refused = (who: string, what: string, fix: string): CantripError =>
  new CantripError('OPTION_INVALID', { who, what, fix });
