import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { randomStream } from '@cantrip/ops';
import sharp from 'sharp';

const CLASSES = 8;
const [HEIGHT, WIDTH] = [320, 427];

/** Fills a folder with pictures of soft shapes and some noise, whose files are as large as those of photographs. */
export async function writeJpegFolder(folder: string, images: number): Promise<void> {
  for (let image = 0; image < images; image++) {
    const ofClass = join(folder, `class-${image % CLASSES}`);
    mkdirSync(ofClass, { recursive: true });
    const random = randomStream({ seed: 1, stream: 'jpeg', step: image });
    const bytes = (count: number, from: number, to: number): Uint8Array =>
      Uint8Array.from({ length: count }, () => from + random.uniform() * (to - from));
    const noise = await sharp(bytes(HEIGHT * WIDTH * 3, 0, 40), {
      raw: { width: WIDTH, height: HEIGHT, channels: 3 },
    })
      .png({ compressionLevel: 0 })
      .toBuffer();
    await sharp(bytes(12 * 16 * 3, 0, 215), { raw: { width: 16, height: 12, channels: 3 } })
      .resize({ width: WIDTH, height: HEIGHT, fit: 'fill', kernel: 'cubic' })
      .composite([{ input: noise, blend: 'add' }])
      .jpeg({ quality: 85 })
      .toFile(join(ofClass, `${image}.jpg`));
  }
}
