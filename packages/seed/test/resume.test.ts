import { seed } from '@cantrip/seed';
import { presentWays, tinyData, type tinyTrainer } from '@cantrip/testing';
import type { Plugin, Snapshot } from '@cantrip/trainer';
import { describe, expect, it } from 'vitest';

/** Draws from the global Math.random after each step, and stops after one of them. */
const drawing = (drawn: number[], last = Infinity): Plugin => ({
  name: 'drawing',
  onStepEnd({ step, run }) {
    drawn.push(Math.random());
    if (step === last) run.stop('to be resumed');
  },
});

async function drawnIn(
  create: typeof tinyTrainer,
  last?: number,
  from?: Snapshot,
): Promise<{ drawn: number[]; snapshot: Snapshot }> {
  const drawn: number[] = [];
  const trainer = create([seed({ value: 5 }), drawing(drawn, last)]);
  if (from) await trainer.restore(from);
  await trainer.fit(tinyData(), { epochs: 2 });
  const snapshot = await trainer.save();
  trainer.dispose();
  return { drawn, snapshot };
}

describe.each(await presentWays())('a run $name that is saved and restored', ({ tinyTrainer }) => {
  it('goes on with the numbers of Math.random that it would have drawn', async () => {
    const { drawn: unbroken } = await drawnIn(tinyTrainer);
    const { drawn: before, snapshot } = await drawnIn(tinyTrainer, 4);
    const { drawn: after } = await drawnIn(tinyTrainer, undefined, structuredClone(snapshot));
    expect(snapshot.plugins['seed']!.state).toEqual({ draws: 4 });
    expect(new Set(unbroken).size).toBe(6);
    expect([...before, ...after]).toEqual(unbroken);
  });
});
