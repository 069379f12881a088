import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';

/** Writes images of two classes: one is red, the other one is blue. */
export async function writeImages(folder: string, count: number): Promise<void> {
  const [height, width] = [12, 16];
  for (const [name, channel] of [
    ['blue', 2],
    ['red', 0],
  ] as const) {
    mkdirSync(join(folder, name), { recursive: true });
    for (let at = 0; at < count; at++) {
      const values = new Uint8Array(height * width * 3).map((_, index) =>
        index % 3 === channel ? 200 : (at * 13 + index) % 90,
      );
      const file = join(folder, name, `${at}.${at % 2 === 0 ? 'png' : 'jpg'}`);
      await sharp(values, { raw: { width, height, channels: 3 } }).toFile(file);
    }
  }
}
