import type { HostBatch } from '@cantrip/ops';
import { batchRows, type BatchPlace, gatherBatch } from '../source/assemble-batch.ts';
import type { ImageFiles } from '../source/image-files.ts';
import type { Source } from '../source/source.ts';
import { decodeImage } from './decode-image.ts';
import { loadSharp, type Sharp } from './load-sharp.ts';

/** Makes single batches of a source whose images are files. */
export function imageAssembler(source: Source): (place: BatchPlace, spare?: HostBatch) => Promise<HostBatch> {
  const rowsOf = batchRows(source);
  const files = source.inputs[0]!.files!;
  return async (place, spare) => {
    const rows = rowsOf(place);
    const sharp = await loadSharp('imageFolder');
    const needed = [...new Set(rows.examples)];
    const decoded = await Promise.all(needed.map((example) => pixelsOf(sharp, files, example)));
    const pixels = new Map(needed.map((example, at) => [example, decoded[at]!]));
    return gatherBatch(source, { ...rows, pixels }, spare);
  };
}

/** The bytes of an image: from the cache, or decoded and kept there. */
export async function pixelsOf(sharp: Sharp, files: ImageFiles, example: number): Promise<Uint8Array> {
  const { cache, form } = files;
  if (!cache) return decodeImage(sharp, files, example);
  const length = form.height * form.width * form.channels;
  const place = cache.values.subarray(example * length, (example + 1) * length);
  if (Atomics.load(cache.ready, example) === 1) return place;
  place.set(await decodeImage(sharp, files, example));
  Atomics.store(cache.ready, example, 1);
  return place;
}
