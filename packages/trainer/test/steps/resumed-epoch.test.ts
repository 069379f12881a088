import { arrayDataset, type Dataset } from '@cantrip/data';
import type { AnyPlugin, BatchSource } from '@cantrip/trainer';
import { describe, expect, it } from 'vitest';
import { scalarTrainer } from './scalar-model.ts';

function dataset(batchSize: number, count = 16, shuffle = true, dropLast = false): Dataset {
  const shape = [count, 1];
  const values = Float32Array.from({ length: count }, (_, index) => index);
  return arrayDataset({
    inputs: { values, shape },
    targets: { values: new Float32Array(count), shape },
    batchSize,
    shuffle,
    dropLast,
  });
}

/** Writes down what was trained on; a wrapper that hands on what the source says of itself, or only its number. */
function seenBy(source: Dataset, seen: number[], says: 'all' | 'number', resumed = false): BatchSource {
  const batches: BatchSource['batches'] = async function* (request) {
    for await (const batch of source.batches(request)) {
      // Where a source says only its number, batches that are done are read again and compared.
      if (request.start > 0 || !resumed) seen.push(...(batch.inputs as { values: Float32Array }).values);
      yield batch;
    }
  };
  return says === 'all' ? { ...source, batches } : { stepsPerEpoch: source.stepsPerEpoch, batches };
}

const stopAt = (wanted: number): AnyPlugin => ({
  name: 'stop',
  onStepEnd: ({ run, step }: { run: { stop(reason: string): void }; step: number }) => {
    if (step === wanted) run.stop('here');
  },
});

/** Examples in the order of their training, where a run of batches of one size is resumed with those of another. */
async function trainedOn(
  before: Dataset,
  after: Dataset,
  says: 'all' | 'number',
): Promise<readonly number[]> {
  const first: number[] = [];
  const second: number[] = [];
  const begun = scalarTrainer({}, [stopAt(4)]);
  await begun.fit(seenBy(before, first, says), { epochs: 1 });
  const snapshot = structuredClone(await begun.save());
  begun.dispose();
  const resumed = scalarTrainer({}, [stopAt(-1)]);
  try {
    await resumed.restore(snapshot);
    await resumed.fit(seenBy(after, second, says, true), { epochs: 1 });
    return [...first.slice(0, 4 * before.batchSize), ...second];
  } finally {
    resumed.dispose();
  }
}

const all = Array.from({ length: 16 }, (_, index) => index);
const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);

describe('an epoch that is resumed after 8 of 16 examples', () => {
  it.each([1, 2, 3, 4, 5, 8, 16])('with batches of %i trains on each example once', async (batchSize) => {
    expect(sorted(await trainedOn(dataset(2), dataset(batchSize), 'all'))).toEqual(all);
  });

  it.each([1, 4])('and again, with batches of %i both times, trains on each example once', async (size) => {
    const seen: number[] = [];
    const trainer = scalarTrainer({}, [stopAt(4), { ...stopAt(5), name: 'stop-again' }]);
    try {
      // What is read ahead of a stop is not trained.
      await trainer.fit(seenBy(dataset(2), seen, 'all'), { epochs: 1 });
      seen.length = 8;
      await trainer.fit(seenBy(dataset(size), seen, 'all'), { epochs: 1 });
      seen.length = 8 + size;
      const { epochs } = await trainer.fit(seenBy(dataset(size), seen, 'all'), { epochs: 1 });
      expect(epochs).toHaveLength(1);
    } finally {
      trainer.dispose();
    }
    expect(sorted(seen)).toEqual(all);
  });

  it.each([1, 4, 8])('is refused with batches of %i where data says only how many it has', async (size) => {
    await expect(trainedOn(dataset(2), dataset(size), 'number')).rejects.toThrow(
      /4 batches of this epoch were trained on data with 8 batches in an epoch.*\(STATE_MISMATCH\)/,
    );
  });

  it('goes on with the same batches where data says only how many it has', async () => {
    expect(sorted(await trainedOn(dataset(2), dataset(2), 'number'))).toEqual(all);
  });

  it('is refused with data of another length or order', async () => {
    await expect(trainedOn(dataset(2), dataset(2, 8), 'all')).rejects.toThrow(
      /with 16 examples in an epoch, but this data has 8 examples in an epoch.*\(STATE_MISMATCH\)/,
    );
    await expect(trainedOn(dataset(2), dataset(2, 16, false), 'all')).rejects.toThrow(
      /with its examples shuffled, .*, but this data has its examples in order, .*\(STATE_MISMATCH\)/,
    );
  });

  it('leaves out what is less than a batch, where the data says so', async () => {
    const trained = await trainedOn(dataset(2), dataset(3, 16, true, true), 'all');
    expect(trained).toHaveLength(8 + 6);
    expect(new Set(trained).size).toBe(14);
  });
});
