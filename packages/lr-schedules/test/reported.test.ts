import { constant, cosine, join, linear, lrSchedule, type Schedule, warmup } from '@cantrip/lr-schedules';
import { accumulateGradients, sgd } from '@cantrip/optimizers';
import { tinyData, tinyTrainer } from '@cantrip/testing';
import { describe, expect, it } from 'vitest';

/** The rate of each step of a run. An epoch of the tiny data has 3 batches, or `batches`. */
async function ratesOf(
  schedule: Schedule,
  epochs: number,
  { batches = 3, steps = 1 } = {},
): Promise<readonly number[]> {
  const rates: number[] = [];
  const optimizer = accumulateGradients(sgd({ learningRate: 1 }), { steps });
  const trainer = tinyTrainer(
    [
      lrSchedule(schedule),
      { name: 'rates', onStepEnd: ({ learningRate }) => void rates.push(Number(learningRate.toFixed(6))) },
    ],
    { optimizer },
  );
  try {
    await trainer.fit(tinyData({ examples: 8 * batches }), { epochs });
  } finally {
    trainer.dispose();
  }
  return rates;
}

describe('what users of other trainers reported of schedules', () => {
  it('a warm-up with an initial value trains at its first step, and reaches its peak after its last', async () => {
    const warm = warmup(constant({ value: 0.4 }), { steps: 4, initialValue: 0.1 });
    expect(await ratesOf(warm, 2)).toEqual([0.1, 0.175, 0.25, 0.325, 0.4, 0.4]);
  });

  it('a warm-up longer than an epoch rises evenly over the end of the epoch', async () => {
    const warm = warmup(constant({ value: 0.5 }), { steps: '1.5ep', initialValue: 0 });
    // 1.5 epochs of 4 batches are 6 steps, where 0.5 is reached.
    expect(await ratesOf(warm, 2, { batches: 4 })).toEqual(
      [0, 1, 2, 3, 4, 5, 6, 6].map((step) => Number(((0.5 * Math.min(step, 6)) / 6).toFixed(6))),
    );
  });

  it('half an epoch of a schedule is rounded at the place where it ends', async () => {
    const parts = join([
      linear({ initialValue: 0, endValue: 0.2, steps: '0.5ep' }),
      linear({ initialValue: 0.2, endValue: 0, steps: '1.5ep' }),
    ]);
    // 5 batches an epoch: the peak is at step 2.5, rounded to 3 (or 2), and the whole is 10 steps.
    const rates = await ratesOf(parts, 2, { batches: 5 });
    expect(rates).toHaveLength(10);
    expect(rates.indexOf(Math.max(...rates))).toBe(3);
    expect(Math.max(...rates)).toBe(0.2);
    expect(rates.at(-1)).toBeCloseTo(0.2 / 7, 6);
  });

  it('a warm-up counts updates where gradients are accumulated', async () => {
    const warm = warmup(cosine({ value: 0.1, steps: '100%' }), { steps: '1ep', convention: 'inside' });
    // 5 batches are 2 updates: 3 and 2. Warm-up over 2 of 6 steps, then half a cosine over 4.
    const fall = [0, 1, 2, 3].map((step) => 0.05 * (1 + Math.cos((Math.PI * step) / 4)));
    expect(await ratesOf(warm, 3, { batches: 5, steps: 3 })).toEqual(
      [0, 0.05, ...fall].map((rate) => Number(rate.toFixed(6))),
    );
  });

  it.each([0.5, 1.5, 0])('%d epochs are refused, and not truncated', async (epochs) => {
    await expect(ratesOf(constant({ value: 0.1 }), epochs)).rejects.toThrow(
      /^\[fit\] epochs must be .+, got [\d.]+\. Set epochs to an integer >= 1\. \(OPTION_INVALID\)$/,
    );
  });
});
