import { arrayDataset, type Dataset } from '@cantrip/data';
import { accumulateGradients, sgd } from '@cantrip/optimizers';
import type { AnyPlugin, BatchSource, HostContext, Snapshot } from '@cantrip/trainer';
import { linear, lrSchedule } from '@cantrip/lr-schedules';
import { describe, expect, it } from 'vitest';
import { column, scalarTrainer } from './scalar-model.ts';

function dataset(batchSize: number, count: number): Dataset {
  const shape = [count, 1];
  return arrayDataset({
    inputs: { values: Float32Array.from({ length: count }, (_, index) => index), shape },
    targets: { values: new Float32Array(count), shape },
    batchSize,
    shuffle: true,
  });
}

/** Says only how many batches it has, and goes on with the batch that is asked for. */
function wrapped(batchSize: number, count: number, seen: number[] = []): BatchSource {
  const source = dataset(batchSize, count);
  return {
    batchesPerEpoch: source.batchesPerEpoch,
    async *batches({ seed, epoch, start }) {
      for await (const batch of source.batches({ seed, epoch, start })) {
        seen.push(...(batch.inputs as { values: Float32Array }).values);
        yield batch;
      }
    },
  };
}

const stopAfter = (steps: number): AnyPlugin => ({
  name: 'stop',
  onStepEnd: ({ run, step }: HostContext) => void (step === steps && run.stop('here')),
});

/** A run is saved after each of these steps, and goes on with the next source. */
async function resume(parts: readonly (readonly [BatchSource, number])[], epochs = 1): Promise<Snapshot> {
  let snapshot: Snapshot | undefined;
  for (const [source, steps] of parts) {
    const trainer = scalarTrainer({}, [stopAfter(steps)]);
    try {
      if (snapshot) await trainer.restore(structuredClone(snapshot));
      await trainer.fit(source, { epochs });
      snapshot = await trainer.save();
    } finally {
      trainer.dispose();
    }
  }
  return snapshot!;
}

describe('data that says only its number of batches, in the middle of an epoch,', () => {
  it.each([
    // 9 examples are three batches of 3, and of 4, 4 and 1.
    ['larger to smaller', 4, 3, 9, 1],
    ['smaller to larger', 3, 4, 9, 1],
    ['larger to smaller, before the last batch', 4, 3, 9, 2],
    ['smaller to larger, before the last batch', 3, 4, 9, 2],
    ['larger to smaller, after several batches', 6, 5, 25, 3],
    ['smaller to larger, before a batch that is not whole', 6, 7, 29, 4],
  ])(
    'is refused with batches of another size and the same number: %s',
    async (_, before, after, count, at) => {
      const seen: number[] = [];
      expect(dataset(before, count).batchesPerEpoch).toBe(dataset(after, count).batchesPerEpoch);
      const trained = resume([
        [wrapped(before, count), at],
        [wrapped(after, count, seen), Infinity],
      ]);
      await expect(trained).rejects.toThrow(
        new RegExp(
          `${at} batches of this epoch were trained on data with ${before} examples in its first batch, but this data has .*\\(STATE_MISMATCH\\)`,
        ),
      );
    },
  );

  it.each([1, 2])('goes on with the same batches after %i of 3, the last of them smaller', async (at) => {
    const seen: number[] = [];
    const { position } = await resume([
      [wrapped(4, 9), at],
      [wrapped(4, 9, seen), Infinity],
    ]);
    expect(position).toMatchObject({ epoch: 1, step: 3, batch: 0, batches: 3 });
  });

  /** Six batches of these sizes, which hold examples one after the other. */
  const uneven = (...sizes: readonly number[]): BatchSource => ({
    batchesPerEpoch: sizes.length,
    batches: ({ start }) => sizes.slice(start).map((size) => column(...Array<number>(size).fill(1))),
  });

  it('goes on where the sizes of the batches differ, and is refused where those that are done had others', async () => {
    const begun = [uneven(2, 3, 2, 4, 2, 3), 3] as const;
    const { position } = await resume([begun, [uneven(2, 3, 2, 4, 2, 3), Infinity]]);
    expect(position).toMatchObject({ epoch: 1, step: 6 });
    await expect(resume([begun, [uneven(2, 2, 2, 4, 3, 3), Infinity]])).rejects.toThrow(
      /3 batches of this epoch were trained on data with 3 examples in its batch 2, but this data has 2 in its batch 2.*\(STATE_MISMATCH\)/,
    );
  });

  it.each([
    ['of as many examples in all', [2, 2, 2, 2, 2], [4, 1, 2, 1, 2]],
    ['of fewer examples, before one as large as the first', [2, 2, 2, 2, 2], [2, 1, 2, 1, 2]],
    ['of the same sizes in another order', [3, 1, 2, 2, 2], [3, 2, 1, 2, 2]],
  ])('is refused with batches %s', async (_, before, after) => {
    const trained = resume([
      [uneven(...before), 4],
      [uneven(...after), Infinity],
    ]);
    await expect(trained).rejects.toThrow(/examples in its (first batch|batch 2), .*STATE_MISMATCH/);
  });

  it('is not read again where the same source goes on in the same trainer', async () => {
    const asked: number[] = [];
    const source = uneven(2, 3, 2, 4, 2, 3);
    const watched: BatchSource = {
      ...source,
      batches: (request) => (asked.push(request.start), source.batches(request)),
    };
    const trainer = scalarTrainer({}, [stopAfter(3)]);
    await trainer.fit(watched, { epochs: 1 });
    await trainer.fit(watched, { epochs: 1 });
    expect(asked).toEqual([0, 3]);
    trainer.dispose();
  });

  it('is refused where nothing of it was trained on yet, and the weight stays as it was', async () => {
    const snapshot = await resume([[wrapped(4, 9), 1]]);
    const trainer = scalarTrainer({}, [stopAfter(Infinity)]);
    await trainer.restore(snapshot);
    await expect(trainer.fit(wrapped(3, 9), { epochs: 1 })).rejects.toThrow('STATE_MISMATCH');
    expect((await trainer.save()).variables).toEqual(snapshot.variables);
    await expect(trainer.fit(wrapped(4, 9), { epochs: 1 })).resolves.toMatchObject({ epochs: [{}] });
    trainer.dispose();
  });

  it('is refused in the next fit of the same trainer too', async () => {
    const trainer = scalarTrainer({}, [stopAfter(1)]);
    await trainer.fit(wrapped(4, 9), { epochs: 1 });
    await expect(trainer.fit(wrapped(3, 9), { epochs: 1 })).rejects.toThrow('STATE_MISMATCH');
    trainer.dispose();
  });

  it('is refused after batches of two sizes, even where its number of batches is the one that was begun', async () => {
    // Four batches of 2, one of 4, and then four batches of 4, of which five would be done.
    const trained = resume([
      [dataset(2, 16), 4],
      [dataset(4, 16), 5],
      [wrapped(4, 16), Infinity],
    ]);
    await expect(trained).rejects.toThrow(/trained on data with 6 batches in an epoch, but this data has 4/);
  });
});

describe('a run whose batches change their size in the middle of an epoch', () => {
  it('is saved and goes on again, with as many batches of the epoch as there were', async () => {
    const { position } = await resume([
      [dataset(2, 16), 4],
      [dataset(4, 16), 5],
      [dataset(2, 16), 6],
      [dataset(1, 16), Infinity],
    ]);
    // 8 examples in four batches, 4 in one, 2 in one, 2 in two.
    expect(position).toMatchObject({ epoch: 1, step: 8, batches: 8 });
  });

  it.each([
    // An epoch of 16 examples: done 4 of 8 batches of 2, then 2 of 4, then two epochs of 4 steps.
    ['in the middle of an epoch', 4, 1, 4 + 2 + 4 + 4],
    ['between two epochs', 8, 1, 8 + 4 + 4],
    // Steps of 3 batches: 2 steps have 12 examples, then 4 are one step; two epochs of 4 batches, 2 steps each.
    ['with accumulation', 2, 3, 2 + 1 + 2 + 2],
  ])('tells hooks as many steps as it has in all: %s', async (_, stopAt, batchesPerStep, total) => {
    const plain = sgd({ learningRate: 1 });
    const optimizer = batchesPerStep === 1 ? plain : accumulateGradients(plain, { steps: batchesPerStep });
    const begun = scalarTrainer({ optimizer }, [stopAfter(stopAt)]);
    await begun.fit(dataset(2, 16), { epochs: 3 });
    const snapshot = await begun.save();
    begun.dispose();
    const said: number[][] = [];
    const watch: AnyPlugin = {
      name: 'stop',
      onStepEnd: ({ step, totalSteps }: HostContext) => void said.push([step, totalSteps]),
    };
    const resumed = scalarTrainer({ optimizer }, [watch]);
    await resumed.restore(snapshot);
    await resumed.fit(dataset(4, 16), { epochs: 3 });
    resumed.dispose();
    expect(said.at(-1)).toEqual([total, total]);
  });

  it('ends a schedule of which the rest is spread over the rest of the run at its end', async () => {
    const plugin = (): AnyPlugin =>
      lrSchedule(linear({ initialValue: 1, endValue: 0, steps: '100%' }), {
        newHorizon: 'continue',
      }) as AnyPlugin;
    const begun = scalarTrainer({}, [plugin(), stopAfter(4)]);
    await begun.fit(dataset(2, 16), { epochs: 2 });
    const snapshot = await begun.save();
    begun.dispose();
    const rates: number[] = [];
    const watch: AnyPlugin = {
      name: 'stop',
      onStepEnd: ({ learningRate }: { learningRate: number }) => void rates.push(learningRate),
    };
    const resumed = scalarTrainer({}, [plugin(), watch]);
    await resumed.restore(snapshot);
    await resumed.fit(dataset(4, 16), { epochs: 2 });
    resumed.dispose();
    // 12 of 16 steps of the schedule in the 2 + 4 that are left: two at a time, from 1 - 4 / 16 on.
    expect(rates).toHaveLength(6);
    rates.forEach((rate, at) => expect(rate).toBeCloseTo((12 - 2 * at) / 16, 10));
  });
});
