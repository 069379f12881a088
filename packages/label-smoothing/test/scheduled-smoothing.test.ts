import {
  constant,
  findLearningRate,
  linear,
  lrSchedule,
  multiply,
  type Schedule,
} from '@cantrip/lr-schedules';
import type { HorizonOptions } from '@cantrip/plugin-kit';
import { tinyData, tinyTrainer } from '@cantrip/testing';
import type { Plugin, Trainer } from '@cantrip/trainer';
import { describe, expect, it } from 'vitest';
import { labelSmoothing, type LabelSmoothingOptions } from '../src/index.ts';

/** A trainer of 3 steps an epoch, and what each step was smoothed by. */
function observed(
  options: LabelSmoothingOptions,
  { scalar = 'labelSmoothing', stopAt = Infinity } = {},
): { readonly trainer: Trainer; readonly values: number[] } {
  const values: number[] = [];
  const observer: Plugin = {
    name: 'observer',
    scheduleScalars(scalars) {
      values.push(Number(scalars[scalar]!.toFixed(6)));
      return scalars;
    },
    onStepEnd: ({ step, run }) => (step === stopAt ? run.stop('enough') : undefined),
  };
  return { trainer: tinyTrainer([labelSmoothing(options), observer]), values };
}

/** What a run that is trained for these epochs, one `fit` after the other, was smoothed by. */
async function smoothings(options: LabelSmoothingOptions, ...epochs: readonly number[]): Promise<number[]> {
  const { trainer, values } = observed(options);
  try {
    for (const count of epochs) await trainer.fit(tinyData(), { epochs: count });
  } finally {
    trainer.dispose();
  }
  return values;
}

const whole = linear({ initialValue: 0.3, endValue: 0, steps: '100%' });

describe('a schedule of the smoothing that is shorter than the run', () => {
  const smoothing = linear({ initialValue: 0.3, endValue: 0.06, steps: '1ep' });

  it('is an error before the first step', async () => {
    const { trainer, values } = observed({ smoothing });
    await expect(trainer.fit(tinyData(), { epochs: 2 })).rejects.toThrow(
      '[labelSmoothing, smoothing] the schedule has 3 steps, but the run has 6. Make the schedule longer, for example with ' +
        "steps: '100%', or set pastEnd: 'hold' to keep its end value. (SCHEDULE_SHORT)",
    );
    expect(values).toEqual([]);
    trainer.dispose();
  });

  it('keeps its end value if that is what you say', async () => {
    expect(await smoothings({ smoothing, pastEnd: 'hold' }, 2)).toEqual([0.3, 0.22, 0.14, 0.06, 0.06, 0.06]);
  });

  it('is an error for the confidence penalty as well, with its name', async () => {
    await expect(smoothings({ confidencePenalty: smoothing }, 2)).rejects.toThrow(
      '[labelSmoothing, confidencePenalty] the schedule has 3 steps, but the run has 6',
    );
  });

  it('is none if it is as long, longer or without end', async () => {
    for (const fitting of [
      whole,
      linear({ endValue: 0.1, steps: 100 }),
      constant({ value: 0.1 }),
      () => 0.1,
    ]) {
      await expect(smoothings({ smoothing: fitting }, 2)).resolves.toHaveLength(6);
    }
  });
});

describe('a run with a scheduled smoothing that goes on for longer than it began', () => {
  it('is an error that names the three ways', async () => {
    await expect(smoothings({ smoothing: whole }, 1, 2)).rejects.toThrow(
      '[labelSmoothing, smoothing] the schedule depends on the length of the run, which was 3 steps (3 per epoch) and is now, at ' +
        "step 3, 6 steps (3 per epoch). Set newHorizon: 'keep' to keep the old schedule, 'stretch' to use the schedule of the " +
        "new length, or 'continue' to spread the rest of the schedule over the rest of the run. (SCHEDULE_HORIZON)",
    );
  });

  it.each<[HorizonOptions['newHorizon'], readonly number[]]>([
    ['keep', [0.3, 0.2, 0.1, 0, 0, 0]],
    ['stretch', [0.3, 0.2, 0.1, 0.15, 0.1, 0.05]],
    ['continue', [0.3, 0.2, 0.1, 0, 0, 0]],
  ])('does with newHorizon %s what lrSchedule does', async (newHorizon, wanted) => {
    expect(await smoothings({ smoothing: whole, newHorizon }, 1, 2)).toEqual(wanted);
  });

  it('continues from where it is, also in a process that restores it', async () => {
    const options = { smoothing: whole, newHorizon: 'continue' } as const;
    // Half of the schedule is done when 4 epochs become 8: the other half takes the 18 steps that are left.
    const first = observed(options, { stopAt: 6 });
    await first.trainer.fit(tinyData(), { epochs: 4 });
    const second = observed(options);
    await second.trainer.restore(structuredClone(await first.trainer.save()));
    await second.trainer.fit(tinyData(), { epochs: 8 });
    expect(first.values).toEqual([0.3, 0.275, 0.25, 0.225, 0.2, 0.175]);
    const rest = Array.from({ length: 18 }, (_, step) => Number((0.15 * (1 - step / 18)).toFixed(6)));
    expect(second.values).toEqual(rest);
    for (const { trainer } of [first, second]) trainer.dispose();
  });

  it('goes on as it was where the length is the same', async () => {
    const first = observed({ smoothing: whole }, { stopAt: 2 });
    await first.trainer.fit(tinyData(), { epochs: 2 });
    await first.trainer.fit(tinyData(), { epochs: 2 });
    expect(first.values).toEqual([0.3, 0.25, 0.2, 0.15, 0.1, 0.05]);
    first.trainer.dispose();
  });
});

describe('a scheduled smoothing', () => {
  it('has its own horizon beside that of the confidence penalty', async () => {
    const options = {
      smoothing: constant({ value: 0.1 }),
      confidencePenalty: whole,
      newHorizon: 'stretch',
    } as const;
    const { trainer, values } = observed(options, { scalar: 'confidencePenalty' });
    for (const epochs of [1, 2]) await trainer.fit(tinyData(), { epochs });
    expect(values).toEqual([0.3, 0.2, 0.1, 0.15, 0.1, 0.05]);
    trainer.dispose();
  });

  it('finds its lengths in the run once, not at each step', async () => {
    let bound = 0;
    const counted: Schedule = Object.assign(() => 0.1, {
      forRun: () => (bound++, Object.assign(() => 0.1, { steps: Infinity })),
    });
    await smoothings({ smoothing: multiply(counted) }, 3);
    expect(bound).toBe(1);
  });

  it('stays where it is while a learning rate is looked for', async () => {
    const seen: number[] = [];
    const observer: Plugin = {
      name: 'observer',
      scheduleScalars: (scalars) => (seen.push(scalars['labelSmoothing']!), scalars),
    };
    const searching = tinyTrainer([lrSchedule(() => 0.01), labelSmoothing({ smoothing: whole }), observer]);
    await findLearningRate(searching, tinyData(), { steps: 10 });
    expect(seen).toEqual(Array.from({ length: 10 }, () => 0.3));
    await searching.fit(tinyData(), { epochs: 2 });
    expect(seen[11]).toBeCloseTo(0.25);
    searching.dispose();
  });

  it('refuses a way to go on that there is not', () => {
    expect(() => labelSmoothing({ smoothing: whole, newHorizon: 'longer' as never })).toThrow(
      '[labelSmoothing] newHorizon must be',
    );
  });
});
