/**
 * How fast a folder of JPEG files is read: decoded, resized, cropped and flipped at random, normalised, in batches. Ours beside PyTorch's
 * DataLoader with 2 workers, in turns: without a cache, and with ours, which the DataLoader lacks. Takes two minutes; writes results/data-loader.json.
 *
 *     npx tsx --conditions=@cantrip/source tools/benchmarks/programs/data-loader.ts [rounds]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomCrop, randomFlip, standardization } from '@cantrip/data';
import { imageFolder } from '@cantrip/data/images';
import type { HostTensor } from '@cantrip/ops';
import { writeJpegFolder } from '../loader/jpeg-folder.ts';
import { type Loading, startTorchLoader } from '../loader/torch-loader.ts';
import { timesInTurns, writeResult } from '../measuring/measure.ts';
import { measuredHere } from '../measuring/measured-here.ts';
import { ratioSpread, roundedSpread, spreadOf } from '../measuring/spread.ts';

const IMAGES = 512;
const rounds = Number(process.argv[2] ?? 15);
const folder = mkdtempSync(join(tmpdir(), 'cantrip-jpeg-'));
const loading: Loading = {
  folder,
  size: 64,
  padding: 4,
  mean: 0.45,
  deviation: 0.22,
  batchSize: 64,
  workers: 2,
};

/** Reads the folder once more; gives the milliseconds. With the cache, the first epoch fills it and is not counted. */
async function ours({ cache }: { readonly cache: boolean }): Promise<() => Promise<number>> {
  const { size, padding, mean, deviation, batchSize } = loading;
  const data = await imageFolder(folder, {
    size,
    fit: 'fill',
    batchSize,
    shuffle: true,
    cache,
    augment: [randomCrop({ padding }), randomFlip()],
    normalization: standardization({ mean, standardDeviation: deviation }),
  });
  let epoch = 0;
  return async () => {
    const begin = performance.now();
    let examples = 0;
    for await (const { inputs, size: count } of data.batches({ seed: 1, epoch: epoch++, start: 0 })) {
      normalized(inputs as HostTensor);
      examples += count;
    }
    if (examples !== IMAGES) throw new Error(`${examples} images were read, not ${IMAGES}`);
    return performance.now() - begin;
  };
}

/** What the device would do with the bytes: the DataLoader's batches are normalised too. */
function normalized({ values, normalization }: HostTensor): Float32Array {
  const { scale, offset } = normalization as { scale: number; offset: number };
  const result = new Float32Array(values.length);
  for (let at = 0; at < values.length; at++) result[at] = values[at]! * scale + offset;
  return result;
}

try {
  await writeJpegFolder(folder, IMAGES);
  const torch = await startTorchLoader(loading);
  const ways = {
    cantrip: await ours({ cache: false }),
    'cantrip, cached': await ours({ cache: true }),
    torch: torch.epoch,
  };
  const times = await timesInTurns(ways, rounds);
  torch.end();
  const perSecond = (each: readonly number[]) =>
    roundedSpread(spreadOf(each.map((milliseconds) => (1000 * IMAGES) / milliseconds)));
  writeResult('data-loader', {
    ...measuredHere(),
    what: `${IMAGES} JPEG files of 427 x 320, resized to ${loading.size} x ${loading.size}, cropped and flipped at random, normalised, in batches of ${loading.batchSize}, beside a DataLoader with ${loading.workers} workers: median and quartiles of ${rounds} epochs in turns`,
    versions: torch.versions,
    'throughput over that of the DataLoader': {
      'without a cache': roundedSpread(ratioSpread(times.torch, times.cantrip)),
      'from the second epoch on, by default': roundedSpread(
        ratioSpread(times.torch, times['cantrip, cached']),
      ),
    },
    'images per second': Object.fromEntries(
      Object.entries(times).map(([name, each]) => [name, perSecond(each)]),
    ),
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
