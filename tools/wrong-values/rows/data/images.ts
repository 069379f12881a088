import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { options, type Rows } from '../../row.ts';
import { arrayOf, callable, either, flag, integer, nothing, oneOf, optional } from '../../rules.ts';
import { batchRules, channels, count } from './data-rules.ts';

const folder = mkdtempSync(join(tmpdir(), 'cantrip-wrong-images-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
// A PNG of one grey pixel.
const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==';
mkdirSync(join(folder, 'a'));
writeFileSync(join(folder, 'a', '1.png'), Buffer.from(png, 'base64'));

/** Folders of images. */
export const imageRows: Rows = {
  imageFolder: {
    who: ['arrayDataset'],
    right: () => [
      folder,
      {
        batchSize: 1,
        size: [1, 1],
        background: [0, 0, 0],
        classes: ['a'],
        normalization: { scale: 1, offset: 0 },
      },
    ],
    legal: [
      () => false,
      options({
        batchSize: count,
        size: optional(integer({ min: 1, max: 16_384 })),
        'size.0': integer({ min: 1, max: 16_384 }),
        'size.1': integer({ min: 1, max: 16_384 }),
        fit: optional(oneOf('fill', 'cover', 'contain')),
        channels: optional(oneOf(1, 3)),
        background: optional(nothing),
        'background.0': integer({ min: 0, max: 255 }),
        'background.1': integer({ min: 0, max: 255 }),
        'background.2': integer({ min: 0, max: 255 }),
        classes: optional(nothing),
        broken: optional(oneOf('refuse', 'skip')),
        cache: optional(flag),
        normalization: optional(nothing),
        'normalization.scale': channels(3),
        'normalization.offset': channels(3),
        padTarget: optional(nothing),
        padLast: optional(flag),
        augment: optional(arrayOf(either(callable, nothing))),
        ...batchRules,
      }),
    ],
  },
  listImages: { who: ['imageFolder'], right: () => [folder], legal: [() => false] },
};
