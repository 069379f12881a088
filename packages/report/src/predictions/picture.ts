import type { KeptInput } from '@cantrip/run-log';
import { encode } from 'fast-png';

/** A picture of a run folder as the address of a PNG image. Undefined if its bytes do not fit its shape. */
export function pictureOf(
  shape: readonly number[],
  { bytes }: NonNullable<KeptInput['picture']>,
): string | undefined {
  const [height = 0, width = 0, channels = 0] = shape;
  const data = Buffer.from(bytes, 'base64');
  if (shape.length !== 3 || ![1, 3, 4].includes(channels) || height * width === 0) return undefined;
  if (data.length !== height * width * channels) return undefined;
  const png = encode({ width, height, channels, depth: 8, data: new Uint8Array(data) } as Parameters<
    typeof encode
  >[0]);
  return `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
}
