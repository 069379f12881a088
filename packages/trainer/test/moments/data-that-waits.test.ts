import { presentWays, tinyData } from '@cantrip/testing';
import type { BatchRequest, BatchSource, Trainer } from '@cantrip/trainer';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';

const whole = tinyData();
type OneBatch =
  ReturnType<typeof whole.batches> extends Iterable<infer B> | AsyncIterable<infer B> ? B : never;
type Batches = AsyncGenerator<OneBatch>;

async function* batchesOf(request: BatchRequest): Batches {
  yield* whole.batches(request);
}

async function first(request: BatchRequest): Promise<OneBatch> {
  for await (const batch of whole.batches(request)) return batch;
  throw new Error('tiny data is empty');
}

/** A test that hangs says nothing, and its trainer would go on. */
const inTime = <T>(promise: Promise<T>): Promise<T | 'it hangs'> =>
  Promise.race([promise, pause(3000, 'it hangs' as const)]);

/** Places in a source that fit waits for, each with the code that waits there. */
const sources: Readonly<Record<string, (wait: () => unknown) => BatchSource>> = {
  'an async generator, before its first batch': (wait) => ({
    ...whole,
    async *batches(request) {
      await wait();
      yield* whole.batches(request);
    },
  }),
  'an async generator, between two batches after a pause': (wait) => ({
    ...whole,
    async *batches(request) {
      for await (const batch of whole.batches(request)) {
        yield batch;
        await pause(1);
        await wait();
      }
    },
  }),
  'an async generator, in its last lines': (wait) => ({
    ...whole,
    async *batches(request) {
      try {
        yield* whole.batches(request);
      } finally {
        await wait();
      }
    },
  }),
  'a generator of promises': (wait) => ({
    ...whole,
    *batches(request): Generator<never> {
      const { batchesPerEpoch = 0 } = whole;
      for (let index = 0; index < batchesPerEpoch; index++)
        yield (async () => (await wait(), first({ ...request, start: index })))() as never;
    },
  }),
  'an iterator without a generator': (wait) => ({
    ...whole,
    batches(request): AsyncIterable<OneBatch> {
      const iterator = batchesOf(request);
      return {
        [Symbol.asyncIterator]: () => ({ next: async () => (await wait(), iterator.next()) }),
      };
    },
  }),
  'what the call of batches() began': (wait) => ({
    ...whole,
    batches(request): Batches {
      const begun = (async () => void (await wait()))();
      begun.catch(() => undefined);
      return (async function* () {
        await begun;
        yield* batchesOf(request);
      })();
    },
  }),
  'a batch that is prepared while others are trained on': (wait) => ({
    ...whole,
    async *batches(request) {
      const ask = async (): Promise<void> => {
        await pause(20);
        await wait();
      };
      let upcoming = ask();
      upcoming.catch(() => undefined);
      for await (const batch of whole.batches(request)) {
        yield batch;
        await upcoming;
        upcoming = ask();
        upcoming.catch(() => undefined);
      }
    },
  }),
  'a dataset of tf.data, or like one': (wait) =>
    ({
      size: whole.batchesPerEpoch,
      async *[Symbol.asyncIterator]() {
        for await (const { inputs, targets } of whole.batches({ seed: 1, epoch: 0, start: 0 })) {
          await wait();
          yield { xs: inputs, ys: targets };
        }
      },
    }) as never,
};

const [{ tinyTrainer }] = (await presentWays()) as [Awaited<ReturnType<typeof presentWays>>[number]];

describe.each(Object.entries(sources))('%s', (_, sourceOf) => {
  it('that waits for the fit that reads it is refused at once, and another fit goes on', async () => {
    const trainer: Trainer = tinyTrainer();
    const run: Promise<unknown> = trainer.fit(
      sourceOf(() => run),
      { epochs: 2 },
    );
    expect(await inTime(run.then(() => 'trained', String))).toBe(
      'CantripError: [trainer] the data that fit reads waits for fit, which cannot end before the data has ended. Do not await it there. (TRAINER_BUSY)',
    );
    expect(await inTime(trainer.fit(tinyData(), { epochs: 3 }).then(() => 'trained'))).toBe('trained');
    trainer.dispose();
  });

  it.each(['save', 'evaluate', 'predict'] as const)(
    'that waits for %s gets it between two steps',
    async (what) => {
      const trainer: Trainer = tinyTrainer();
      const { inputs } = await first({ seed: 1, epoch: 0, start: 0 });
      const answers: unknown[] = [];
      const ask = {
        save: () => trainer.save(),
        evaluate: () => trainer.evaluate(tinyData()),
        predict: () => trainer.predict(inputs as never),
      }[what];
      const run = trainer.fit(
        sourceOf(async () => void answers.push(await ask())),
        { epochs: 1 },
      );
      expect(await inTime(run.then(() => 'trained', String))).toBe('trained');
      expect(answers.length).toBeGreaterThan(0);
      trainer.dispose();
    },
  );

  it('that waits as validation data for its fit is refused at once', async () => {
    const trainer: Trainer = tinyTrainer();
    const run: Promise<unknown> = trainer.fit(tinyData(), { epochs: 1, validation: sourceOf(() => run) });
    expect(await inTime(run.then(() => 'trained', String))).toMatch(
      /\[trainer\] the data that evaluate reads waits for fit, which cannot end before evaluate has ended\. .*\(TRAINER_BUSY\)$/,
    );
    trainer.dispose();
  });

  it.each(['save', 'evaluate', 'predict'] as const)(
    'that asks for %s as validation data is answered at once',
    async (what) => {
      const trainer: Trainer = tinyTrainer();
      const { inputs } = await first({ seed: 1, epoch: 0, start: 0 });
      const ask = {
        save: () => trainer.save(),
        evaluate: () => trainer.evaluate(tinyData()),
        predict: () => trainer.predict(inputs as never),
      }[what];
      const run = trainer.fit(tinyData(), { epochs: 1, validation: sourceOf(ask) });
      expect(await inTime(run.then(() => 'trained', String))).toMatch(
        what === 'evaluate' ? /evaluate must not be called by the data that evaluate reads/ : /^trained$/,
      );
      trainer.dispose();
    },
  );

  it('that waits for the evaluation or prediction that reads it is refused at once', async () => {
    const trainer: Trainer = tinyTrainer();
    for (const what of ['evaluate', 'predict'] as const) {
      const run: Promise<unknown> = trainer[what](sourceOf(() => run) as never);
      expect(await inTime(run.then(() => 'done', String))).toMatch(
        new RegExp(`\\[trainer\\] the data that ${what} reads waits for ${what}, which cannot end before`),
      );
    }
    trainer.dispose();
  });

  it('that begins a second fit, restores or disposes is refused at once', async () => {
    for (const [what, ask] of [
      ['fit', (trainer: Trainer) => trainer.fit(tinyData(), { epochs: 1 })],
      ['restore', async (trainer: Trainer) => trainer.restore(await trainer.save())],
      ['dispose', async (trainer: Trainer) => trainer.dispose()],
    ] as const) {
      const trainer: Trainer = tinyTrainer();
      const run = trainer.fit(
        sourceOf(() => ask(trainer)),
        { epochs: 1 },
      );
      expect(await inTime(run.then(() => 'trained', String))).toMatch(
        new RegExp(`\\[trainer\\] ${what} was called while fit is running.*\\(TRAINER_BUSY\\)$`),
      );
      trainer.dispose();
    }
  });
});

describe('data of one trainer', () => {
  it('may wait for a fit of another, but not for its own within that', async () => {
    const [outer, inner]: readonly Trainer[] = [tinyTrainer(), tinyTrainer()] as const;
    const within = (wait: () => unknown): BatchSource =>
      sources['an async generator, before its first batch']!(wait);
    const done = outer!.fit(
      within(() => inner!.fit(tinyData(), { epochs: 1 })),
      { epochs: 1 },
    );
    expect(await inTime(done.then(() => 'trained', String))).toBe('trained');
    const own: Promise<unknown> = outer!.fit(
      within(() =>
        inner!.fit(
          within(() => own),
          { epochs: 2 },
        ),
      ),
      { epochs: 2 },
    );
    expect(await inTime(own.then(() => 'trained', String))).toMatch(/the data that fit reads waits for fit/);
    outer!.dispose();
    inner!.dispose();
  });

  it('may start what waits for an earlier fit, and code outside may wait for the fit', async () => {
    const trainer: Trainer = tinyTrainer();
    const earlier: Promise<unknown> = trainer.fit(tinyData(), { epochs: 1 });
    await earlier;
    const later = trainer.fit(
      sources['a batch that is prepared while others are trained on']!(() => earlier),
      { epochs: 2 },
    );
    expect(await inTime(later.then(() => 'trained', String))).toBe('trained');
    trainer.dispose();
  });
});
