import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { listImages } from '@cantrip/data/images';
import { CantripError } from '@cantrip/errors';
import { imageSize } from 'image-size';
import { codes, who } from '../error-codes.ts';
import type { ImageData } from './found-data.ts';
import { requireParts } from './require-parts.ts';

/** How many images are looked at, and the largest size that is kept. */
const most = { lookedAt: 200, size: 96 };

/** The size to which other images are brought. */
const usualSize = [64, 64] as const;

/**
 * Looks at a folder of images.
 *
 * @throws CantripError CREATE_CANTRIP_DATA, OPTION_INVALID, or what `listImages` throws
 */
export async function findImages(folder: string): Promise<Omit<ImageData, 'path'>> {
  const { classes, files, labels } = await listImages(folder);
  if (classes.length < 2) {
    throw new CantripError(codes.CREATE_CANTRIP_DATA, {
      who,
      what: `${folder} has one class of images, ${classes[0]}, so there is nothing to tell apart`,
      fix: 'Add a folder for each class',
    });
  }
  requireParts(
    folder,
    files.length,
    Array.from(labels, (label) => classes[label]!),
  );
  const step = Math.max(1, Math.floor(files.length / most.lookedAt));
  const sizes = files.filter((_, at) => at % step === 0).map((file) => sizeOf(join(folder, file)));
  const [[height, width] = usualSize] = sizes;
  const isCommon = sizes.every(([h, w]) => h === height && w === width);
  const isSmall = Math.max(height, width) <= most.size;
  return {
    kind: 'images',
    classes,
    images: files.length,
    size: isCommon && isSmall ? [height, width] : usualSize,
  };
}

/** The size of an image, which its first bytes tell. */
function sizeOf(path: string): readonly [height: number, width: number] {
  try {
    const { height, width, type = 'nothing' } = imageSize(beginningOf(path));
    if (['png', 'jpg', 'webp'].includes(type)) return [height, width];
    throw new Error(`it is ${type}`);
  } catch (cause) {
    throw new CantripError(codes.CREATE_CANTRIP_DATA, {
      who,
      what: `the image ${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      fix: 'Repair or remove the file',
      cause,
    });
  }
}

function beginningOf(path: string): Uint8Array {
  const bytes = new Uint8Array(512 * 1024);
  const file = openSync(path, 'r');
  try {
    return bytes.subarray(0, readSync(file, bytes));
  } finally {
    closeSync(file);
  }
}
