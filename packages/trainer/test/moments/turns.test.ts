import { setTimeout } from 'node:timers/promises';
import { presentWays, tinyData } from '@cantrip/testing';
import { describe, expect, it } from 'vitest';
import { createTurns } from '../../src/lock/turns.ts';

describe('turns', () => {
  it('alternate between steps and other code that asks for more than a step takes', async () => {
    const turns = createTurns();
    const order: string[] = [];
    const others = ['a', 'b', 'c', 'd'].map((name) =>
      turns.take('other', async () => {
        await setTimeout(5);
        order.push(name);
      }),
    );
    for (const step of [1, 2, 3]) {
      await turns.take('step', () => Promise.resolve(void order.push(`step ${step}`)));
    }
    await Promise.all(others);
    expect(order).toEqual(['a', 'step 1', 'b', 'step 2', 'c', 'step 3', 'd']);
  });

  it('are given to hooks before anything else', async () => {
    const turns = createTurns();
    const order: string[] = [];
    const take = (asker: 'step' | 'hook' | 'other', name: string): Promise<void> =>
      turns.take(asker, async () => {
        await setTimeout(1);
        order.push(name);
      });
    await Promise.all([
      take('other', 'first'),
      take('other', 'later'),
      take('step', 'step'),
      take('hook', 'hook'),
    ]);
    expect(order.slice(0, 2)).toEqual(['first', 'hook']);
    expect(order.toSorted()).toEqual(['first', 'hook', 'later', 'step']);
  });

  it('go on after one that failed, and are empty when the last has ended', async () => {
    const turns = createTurns();
    const failed = turns.take('other', () => Promise.reject(new Error('lost')));
    let done = false;
    const later = turns.take('other', async () => {
      await setTimeout(1);
      done = true;
    });
    await expect(failed).rejects.toThrow('lost');
    await turns.empty();
    expect(done).toBe(true);
    await later;
  });
});

describe.each(await presentWays())(
  'evaluations that are asked for faster than they end, $name,',
  ({ tinyTrainer }) => {
    it('do not keep a fit from ending', async () => {
      const trainer = tinyTrainer();
      await trainer.open();
      const source = tinyData({ examples: 8 });
      let training = true;
      let ended = 0;
      const slow = {
        batchesPerEpoch: 1,
        async *batches(request: Parameters<typeof source.batches>[0]) {
          await setTimeout(10);
          yield* source.batches(request);
        },
      };
      // Each one that ends asks for two more.
      const ask = async (): Promise<void> => {
        await trainer.evaluate(slow);
        ended += 1;
        if (training) await Promise.all([ask(), ask()]);
      };
      const asked = ask();
      await trainer.fit(tinyData({ examples: 96 }), { epochs: 1 });
      // Served in the order in which they were asked for they would have doubled at each of the 12 steps.
      expect(ended).toBeLessThan(500);
      training = false;
      await asked;
      trainer.dispose();
    });
  },
);
