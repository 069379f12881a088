import { earlyStopping } from '@cantrip/early-stopping';
import { cosine, lrSchedule, reduceOnPlateau } from '@cantrip/lr-schedules';
import { tinyData, tinyTrainer } from '@cantrip/testing';
import type { AnyPlugin } from '@cantrip/trainer';
import { stochasticWeightAveraging } from '@cantrip/weight-averaging';
import { describe, expect, it } from 'vitest';

/** The learning rate of each step of a run with these plugins; an epoch has three steps. */
async function ratesOf(plugins: readonly AnyPlugin[], epochs: number): Promise<readonly number[]> {
  const rates: number[] = [];
  const reader: AnyPlugin = { name: 'rates', onStepEnd: ({ learningRate }) => void rates.push(learningRate) };
  const trainer = tinyTrainer([...plugins, reader]);
  await trainer.fit(tinyData(), { epochs });
  trainer.dispose();
  return rates;
}

const schedule = (): AnyPlugin => lrSchedule(cosine({ value: 0.05, steps: 12 }));

describe('averaging with a schedule, as reported of Lightning', () => {
  it('keeps the rate of each step until the averages begin, and then goes to its own rate', async () => {
    const alone = await ratesOf([schedule()], 4);
    const averaging = stochasticWeightAveraging({ start: 6, every: 2, learningRate: 0.02, anneal: 2 });
    const together = await ratesOf([schedule(), averaging], 4);
    expect(together.slice(0, 6)).toEqual(alone.slice(0, 6));
    expect(new Set(alone).size).toBe(12);
    expect(together.slice(8)).toEqual([0.02, 0.02, 0.02, 0.02]);
  });

  it('leaves every rate to the schedule where it has none of its own', async () => {
    const averaging = stochasticWeightAveraging({ start: 6, every: 2 });
    expect(await ratesOf([schedule(), averaging], 4)).toEqual(await ratesOf([schedule()], 4));
  });
});

/** No epoch after the first one is an improvement. */
const stopping = (): AnyPlugin => earlyStopping({ monitor: 'loss', patience: 5, minDelta: 1e9 });
const reducing = (): AnyPlugin =>
  reduceOnPlateau({ monitor: 'loss', patience: 2, factor: 0.5, threshold: 1e9, thresholdMode: 'absolute' });

/** Four epochs of 0.05 and two of 0.025: the third epoch in a row without improvement reduces, the fifth stops. */
const expected = [...Array<number>(12).fill(0.05), ...Array<number>(6).fill(0.025)];

describe('early stopping with a rate that is reduced on a plateau', () => {
  it.each([
    ['before it', () => [stopping(), reducing()]],
    ['after it', () => [reducing(), stopping()]],
  ])('counts its own patience, %s, as reported of Poutyne', async (_, plugins) => {
    expect(await ratesOf(plugins(), 20)).toEqual(expected);
  });

  it('begins anew in each trainer where both objects are used again, as reported of Keras', async () => {
    const plugins = [stopping(), reducing()];
    for (const _ of ['first', 'second', 'third']) expect(await ratesOf(plugins, 20)).toEqual(expected);
  });
});
