import { tinyData, tinyTrainer } from '@cantrip/testing';
import type { Plugin } from '@cantrip/trainer';
import { describe, expect, it } from 'vitest';
import { constant, cosine, type HorizonOptions, join, linear, lrSchedule, stretch } from '../src/index.ts';
import type { Schedule } from '../src/index.ts';

/** The rates of a run of 3 steps an epoch that is trained for these epochs, one `fit` after the other. */
async function ratesOf(
  schedule: Schedule,
  options: HorizonOptions,
  ...epochs: readonly number[]
): Promise<number[]> {
  const rates: number[] = [];
  const observer: Plugin = {
    name: 'observer',
    onStepEnd: ({ learningRate }) => void rates.push(Number(learningRate.toFixed(6))),
  };
  const trainer = tinyTrainer([lrSchedule(schedule, options), observer]);
  try {
    for (const count of epochs) await trainer.fit(tinyData(), { epochs: count });
  } finally {
    trainer.dispose();
  }
  return rates;
}

const whole = linear({ initialValue: 0.06, endValue: 0, steps: '100%' });

describe('a schedule shorter than the run', () => {
  const short = cosine({ value: 0.1, endValue: 0.01, steps: '1ep' });

  it('is an error before the first step', async () => {
    await expect(ratesOf(short, {}, 2)).rejects.toThrow(
      '[lrSchedule] the schedule has 3 steps, but the run has 6. Make the schedule longer, for example with ' +
        "steps: '100%', or set pastEnd: 'hold' to keep its end value. (SCHEDULE_SHORT)",
    );
  });

  it('keeps its end value if that is what you say, in either way', async () => {
    expect((await ratesOf(short, { pastEnd: 'hold' }, 2)).slice(3)).toEqual([0.01, 0.01, 0.01]);
    const joined = join([short, constant({ value: 0.01 })]);
    expect((await ratesOf(joined, {}, 2)).slice(3)).toEqual([0.01, 0.01, 0.01]);
  });

  it('is none if it is as long, longer, or without end', async () => {
    for (const schedule of [whole, linear({ endValue: 0.1, steps: 100 }), () => 0.1]) {
      await expect(ratesOf(schedule, {}, 2)).resolves.toHaveLength(6);
    }
  });
});

describe('a run that goes on for longer than it began', () => {
  it('is an error that names the three ways', async () => {
    await expect(ratesOf(whole, {}, 1, 2)).rejects.toThrow(
      '[lrSchedule] the schedule depends on the length of the run, which was 3 steps (3 per epoch) and is now, at ' +
        "step 3, 6 steps (3 per epoch). Set newHorizon: 'keep' to keep the old schedule, 'stretch' to use the schedule of the " +
        "new length, or 'continue' to spread the rest of the schedule over the rest of the run. (SCHEDULE_HORIZON)",
    );
  });

  it('keeps the old schedule', async () => {
    expect(await ratesOf(whole, { newHorizon: 'keep' }, 1, 2)).toEqual([0.06, 0.04, 0.02, 0, 0, 0]);
  });

  it('stretches the schedule, as if it had always been so long', async () => {
    expect(await ratesOf(whole, { newHorizon: 'stretch' }, 1, 2)).toEqual([
      0.06, 0.04, 0.02, 0.03, 0.02, 0.01,
    ]);
  });

  it('continues from where it is', async () => {
    // Half of the schedule is done when 4 epochs become 8: the other half takes the 6 epochs that are left.
    const seen = await stoppedAndProlonged({ newHorizon: 'continue' });
    expect(seen.slice(0, 6)).toEqual([0.06, 0.055, 0.05, 0.045, 0.04, 0.035]);
    const rest = Array.from({ length: 18 }, (_, step) => Number((0.03 * (1 - step / 18)).toFixed(6)));
    expect(seen.slice(6)).toEqual(rest);
  });

  it('changes nothing for a schedule that does not depend on it', async () => {
    for (const schedule of [
      () => 0.1,
      linear({ endValue: 0.1, steps: 100 }),
      linear({ endValue: 0.1, steps: '9ep' }),
      stretch(linear({ endValue: 0.1, steps: '9ep' }), 2),
    ]) {
      await expect(ratesOf(schedule, {}, 1, 2, 3)).resolves.toHaveLength(9);
    }
  });

  it('is an error too where it outgrows a schedule of fixed length', async () => {
    await expect(ratesOf(linear({ endValue: 0.1, steps: 3 }), {}, 1, 2)).rejects.toThrow('(SCHEDULE_SHORT)');
  });
});

/** 4 epochs, stopped after 2; then prolonged to 8 in another trainer; and saved once more on the way. */
async function stoppedAndProlonged(options: HorizonOptions): Promise<number[]> {
  const rates: number[] = [];
  const make = (stopAt: number) => {
    const observer: Plugin = {
      name: 'observer',
      onStepEnd: ({ learningRate, step, run }) => {
        rates.push(Number(learningRate.toFixed(6)));
        if (step === stopAt) run.stop('enough');
      },
    };
    return tinyTrainer([lrSchedule(whole, options), observer]);
  };
  const first = make(6);
  await first.fit(tinyData(), { epochs: 4 });
  const second = make(11);
  await second.restore(await first.save());
  await second.fit(tinyData(), { epochs: 8 });
  const third = make(Infinity);
  await third.restore(structuredClone(await second.save()));
  await third.fit(tinyData(), { epochs: 8 });
  for (const trainer of [first, second, third]) trainer.dispose();
  return rates;
}
