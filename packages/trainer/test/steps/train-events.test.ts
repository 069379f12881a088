import { presentWays, tinyData, weightsOf } from '@cantrip/testing';
import type { BatchSource, History, Plugin, TrainEvent } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

const data = tinyData({ examples: 24, batch: 6 });

describe.each(await presentWays())('a loop over the events of training, $name,', (way) => {
  it('trains as fit does, to the bit, with the same figures', async () => {
    const [fitted, looped] = [way.tinyTrainer(), way.tinyTrainer()];
    const history = await fitted.fit(data, { epochs: 2, validation: data });
    const events: TrainEvent[] = [];
    for await (const event of looped.train(data, { epochs: 2, validation: data })) {
      events.push(event);
      if (event.kind === 'step') expect(await event.loss()).toBeGreaterThan(0);
    }
    expect(events.map(({ kind, step }) => `${kind} ${step}`)).toEqual([
      ...['step 1', 'step 2', 'step 3', 'step 4', 'epoch 4'],
      ...['step 5', 'step 6', 'step 7', 'step 8', 'epoch 8'],
    ]);
    expect(events.flatMap((event) => (event.kind === 'epoch' ? [event.logs] : []))).toEqual(history.epochs);
    expect(await weightsOf(looped)).toEqual(await weightsOf(fitted));
    for (const trainer of [fitted, looped]) trainer.dispose();
  });

  it('that is left early ends as a stop does, and a later fit goes on to the same bits', async () => {
    const ends: string[] = [];
    const watch: Plugin = { name: 'watch', onTrainEnd: ({ run }) => void ends.push(String(run.stopReason)) };
    const [whole, left] = [way.tinyTrainer(), way.tinyTrainer([watch])];
    await whole.fit(data, { epochs: 2 });
    for await (const event of left.train(data, { epochs: 2 })) if (event.step === 3) break;
    expect(ends).toEqual(['the loop was left']);
    expect(left.position()).toEqual({ epoch: 0, step: 3 });
    await left.fit(data, { epochs: 2 });
    expect(await weightsOf(left)).toEqual(await weightsOf(whole));
    for (const trainer of [whole, left]) trainer.dispose();
  });

  it('whose body throws ends cleanly, and gives its error', async () => {
    const trainer = way.tinyTrainer();
    const loop = async (): Promise<void> => {
      for await (const event of trainer.train(data, { epochs: 2 })) {
        if (event.step === 2) throw new Error('enough');
      }
    };
    await expect(loop()).rejects.toThrow('enough');
    expect(trainer.position().step).toBe(2);
    trainer.dispose();
  });

  it('may save, evaluate and predict in its body', async () => {
    const [first, second, whole] = [way.tinyTrainer(), way.tinyTrainer(), way.tinyTrainer()];
    await whole.fit(data, { epochs: 2 });
    let saved;
    for await (const event of first.train(data, { epochs: 2 })) {
      if (event.step !== 3 || event.kind !== 'step') continue;
      saved = structuredClone(await first.save());
      expect((await first.evaluate(data))['loss']).toBeGreaterThan(0);
    }
    await second.restore(saved!);
    await second.fit(data, { epochs: 2 });
    for (const trainer of [first, second]) expect(await weightsOf(trainer)).toEqual(await weightsOf(whole));
    for (const trainer of [first, second, whole]) trainer.dispose();
  });

  it('gets the error of the run', async () => {
    const fail: Plugin = {
      name: 'fail',
      onStepEnd({ step }) {
        if (step === 2) throw new Error('broken');
      },
    };
    const trainer = way.tinyTrainer([fail]);
    const steps: number[] = [];
    const loop = async (): Promise<void> => {
      for await (const { step } of trainer.train(data, { epochs: 2 })) steps.push(step);
    };
    await expect(loop()).rejects.toThrow('broken');
    expect(steps).toEqual([1]);
    trainer.dispose();
  });

  it('leaves no tensor behind, however it ends', async () => {
    const trainer = way.tinyTrainer();
    await trainer.fit(data, { epochs: 1 });
    const before = tf.memory().numTensors;
    for await (const { step } of trainer.train(data, { epochs: 3 })) if (step === 6) break;
    for await (const { kind } of trainer.train(data, { epochs: 3 })) expect(kind).toMatch(/step|epoch/);
    expect(tf.memory().numTensors).toBe(before);
    trainer.dispose();
  });
});

const [way] = await presentWays();

it('gives the history as the value of its iterator', async () => {
  const trainer = way!.tinyTrainer();
  const events = trainer.train(data, { epochs: 1 });
  let next = await events.next();
  while (next.done !== true) next = await events.next();
  expect(next.value.epochs).toHaveLength(1);
  trainer.dispose();
});

it('checks its options at once, and does nothing before the first event is asked for', async () => {
  const trainer = way!.tinyTrainer();
  expect(() => trainer.train(data, { epochs: 0 })).toThrow('epochs');
  trainer.train(data, { epochs: 1 });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(trainer.position().step).toBe(0);
  trainer.dispose();
});

it('a loss that is asked for too late is refused', async () => {
  const trainer = way!.tinyTrainer();
  let first: TrainEvent | undefined;
  for await (const event of trainer.train(data, { epochs: 1 })) {
    first ??= event;
    if (event.step === 1 || first.kind !== 'step') continue;
    await expect(first.loss()).rejects.toThrow('loss() of step 1 must be called before the loop goes on');
  }
  trainer.dispose();
});

it('ends with a signal of the user, too', async () => {
  const trainer = way!.tinyTrainer();
  const abort = new AbortController();
  for await (const { step } of trainer.train(data, { epochs: 2, signal: abort.signal }))
    if (step === 2) abort.abort('enough');
  expect(trainer.position().step).toBe(2);
  trainer.dispose();
});

describe('a loop that is left early', () => {
  it.each<[string, (event: TrainEvent) => boolean]>([
    ['by break', () => true],
    [
      'by an error',
      () => {
        throw new Error('enough');
      },
    ],
  ])('%s has closed the data and told every plugin before the next statement runs', async (_, leave) => {
    const told: string[] = [];
    const source: BatchSource = {
      ...data,
      async *batches(request) {
        try {
          yield* data.batches(request);
        } finally {
          told.push('data closed');
        }
      },
    };
    const watch: Plugin = {
      name: 'watch',
      onTrainEnd: () => void told.push('onTrainEnd'),
      onSettled: ({ after }) => void (after === 'fit' && told.push('settled')),
    };
    const trainer = way!.tinyTrainer([watch]);
    const loop = async (): Promise<void> => {
      for await (const event of trainer.train(source, { epochs: 2 })) if (leave(event)) break;
    };
    await loop().catch(() => undefined);
    expect(told).toEqual(['data closed', 'onTrainEnd', 'settled']);
    trainer.dispose();
  });

  it('before its first event is over at once, and leaves the trainer free', async () => {
    const trainer = way!.tinyTrainer();
    const events = trainer.train(data, { epochs: 1 });
    expect(await events.return({} as History)).toMatchObject({ done: true });
    expect(trainer.position().step).toBe(0);
    expect((await trainer.fit(data, { epochs: 1 })).epochs).toHaveLength(1);
    trainer.dispose();
  });
});

it('calls the hooks of plugins as fit does, in their order', async () => {
  const hooks = [
    'onTrainBegin',
    'onEpochBegin',
    'onStepBegin',
    'onStepEnd',
    'onEpochEnd',
    'onTrainEnd',
  ] as const;
  const told: string[] = [];
  const watch: Plugin = {
    name: 'watch',
    ...Object.fromEntries(hooks.map((hook) => [hook, () => void told.push(hook)])),
  };
  const [fitted, looped] = [way!.tinyTrainer([watch]), way!.tinyTrainer([watch])];
  await fitted.fit(data, { epochs: 1 });
  const asFitted = told.splice(0);
  for await (const event of looped.train(data, { epochs: 1 })) told.push(`> ${event.kind}`);
  expect(told.filter((line) => !line.startsWith('>'))).toEqual(asFitted);
  // Each event comes after the hooks of its step or epoch.
  expect(told.slice(3, 5)).toEqual(['onStepEnd', '> step']);
  expect(told.slice(-3)).toEqual(['onEpochEnd', '> epoch', 'onTrainEnd']);
  for (const trainer of [fitted, looped]) trainer.dispose();
});
