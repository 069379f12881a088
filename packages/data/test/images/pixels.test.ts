import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { imageFolder } from '@cantrip/data/images';
import { loadGolden } from '@cantrip/testing';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { tensorOf } from '../fixtures/tiny-images.ts';

interface Golden {
  readonly ending: string;
  readonly file: string;
  readonly shape: [number, number];
  readonly pixels: number[];
  readonly luma: number[];
  readonly tolerance: number;
  readonly resize: boolean;
}

const { cases } = loadGolden<Record<string, Golden>>(new URL('../golden/images.json', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'cantrip-images-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;

async function decode(bytes: Uint8Array, ending: string, options = {}) {
  const folder = join(root, `${folders++}`);
  mkdirSync(join(folder, 'only'), { recursive: true });
  writeFileSync(join(folder, 'only', `a.${ending}`), bytes);
  const dataset = await imageFolder(folder, { batchSize: 1, prefetch: 0, ...options });
  for await (const { inputs } of dataset.batches()) return tensorOf(inputs);
  throw new Error('there is no batch');
}

const furthest = (values: ArrayLike<number>, wanted: readonly number[]): number =>
  wanted.reduce((most, value, at) => Math.max(most, Math.abs(value - values[at]!)), 0);

describe('the pixels of an image', () => {
  it.each(Object.entries(cases))("are Pillow's: %s", async (_, golden) => {
    const size = golden.resize ? { size: golden.shape, fit: 'fill' } : {};
    const bytes = Buffer.from(golden.file, 'base64');
    const image = await decode(bytes, golden.ending, size);
    expect(image.shape).toEqual([1, ...golden.shape, 3]);
    expect(furthest(image.values, golden.pixels)).toBeLessThanOrEqual(golden.tolerance);
    const grey = await decode(bytes, golden.ending, { ...size, channels: 1 });
    expect(grey.shape).toEqual([1, ...golden.shape, 1]);
    expect(furthest(grey.values, golden.luma)).toBeLessThanOrEqual(golden.tolerance);
  });

  it('are RGB if the file is CMYK', async () => {
    const color = { width: 4, height: 4, channels: 3 as const, background: { r: 250, g: 20, b: 30 } };
    const cmyk = await sharp({ create: color }).toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer();
    const { values, shape } = await decode(cmyk, 'jpg');
    expect(shape).toEqual([1, 4, 4, 3]);
    const [red, green, blue] = values;
    expect(red).toBeGreaterThan(180);
    expect(Math.max(green!, blue!)).toBeLessThan(90);
  });

  it('lie on a background if one is named', async () => {
    const clear = { width: 2, height: 2, channels: 4 as const, background: { r: 0, g: 0, b: 0, alpha: 0 } };
    const png = await sharp({ create: clear }).png().toBuffer();
    expect([...(await decode(png, 'png')).values]).toEqual(Array<number>(12).fill(0));
    const white = await decode(png, 'png', { background: [255, 255, 255] });
    expect([...white.values]).toEqual(Array<number>(12).fill(255));
  });

  it('are cut, filled up or stretched', async () => {
    // Left half black, right half white.
    const raw = Uint8Array.from({ length: 8 * 4 * 3 }, (_, at) => (Math.floor(at / 3) % 8 < 4 ? 0 : 255));
    const png = await sharp(raw, { raw: { width: 8, height: 4, channels: 3 } })
      .png()
      .toBuffer();
    const fill = { size: 4, channels: 1, background: [9, 9, 9] };
    const rows = async (fit: string) => [...(await decode(png, 'png', { ...fill, fit })).values];
    expect((await rows('cover')).slice(0, 4)).toEqual([0, 0, 255, 255]);
    const contain = await rows('contain');
    expect([contain[0], contain[15]]).toEqual([9, 9]);
    expect((await rows('fill'))[0]).toBeLessThan(30);
  });
});
