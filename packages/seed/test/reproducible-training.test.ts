import { describe, expect, it } from 'vitest';
import { trainInChildProcess } from './fixtures/train-in-child-process.ts';
import { trainTinyCnn } from './fixtures/train-tiny-cnn.ts';
import { trainWithTrainer } from './fixtures/train-with-trainer.ts';

describe('a CNN with dropout, trained with a plain loop', () => {
  it('ends in bit-equal weights for one seed, twice in one process', async () => {
    const weights = await trainTinyCnn(42);
    expect(await trainTinyCnn(42)).toEqual(weights);
    expect(weights.every(Number.isFinite)).toBe(true);
  });

  it('ends in bit-equal weights for one seed in two other processes', async () => {
    const weights = await trainTinyCnn(7);
    expect(trainInChildProcess('loop', 7)).toEqual(weights);
    expect(trainInChildProcess('loop', 7)).toEqual(weights);
  });

  it('takes 0 as a seed like any other', async () => {
    const weights = await trainTinyCnn(0);
    expect(await trainTinyCnn(0)).toEqual(weights);
    expect(await trainTinyCnn(1)).not.toEqual(weights);
  });

  it('ends elsewhere for another seed', async () => {
    expect(await trainTinyCnn(42)).not.toEqual(await trainTinyCnn(43));
  });
});

describe('a CNN with dropout, shuffling and noise from Math.random, trained with the trainer', () => {
  it('ends in bit-equal weights for one seed, twice in one process', async () => {
    const { weights, messages } = await trainWithTrainer({ value: 42 });
    expect((await trainWithTrainer({ value: 42 })).weights).toEqual(weights);
    expect(messages.filter((message) => message.includes('seed'))).toEqual([]);
  });

  it('ends in bit-equal weights for one seed in two other processes', async () => {
    const { weights } = await trainWithTrainer({ value: 0 });
    expect(trainInChildProcess('trainer', 0)).toEqual(weights);
    expect(trainInChildProcess('trainer', 0)).toEqual(weights);
  });

  it('ends elsewhere for another seed', async () => {
    const [first, second] = [await trainWithTrainer({ value: 0 }), await trainWithTrainer({ value: 1 })];
    expect(first.weights).not.toEqual(second.weights);
  });

  it('generates a seed when none is given, logs it, records it, and repeats the run with it', async () => {
    const generated = await trainWithTrainer({});
    expect(generated.messages).toContain(
      `seed ${generated.seed} was generated: seed({ value: ${generated.seed} }) repeats this run`,
    );
    expect(await trainWithTrainer({ value: generated.seed })).toMatchObject({ weights: generated.weights });
    expect((await trainWithTrainer({})).seed).not.toBe(generated.seed);
  });
});
