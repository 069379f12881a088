import type { Plugin, Run } from '@cantrip/trainer';
import { testTrick, tinyData, tinyTrainer } from '@cantrip/testing';
import { describe, expect, it } from 'vitest';
import { constant, cosine, join, linear, lrSchedule } from '../src/index.ts';

const oneCycle = () =>
  lrSchedule(join([linear({ endValue: 0.1, steps: '1ep' }), cosine({ value: 0.1, steps: '1ep' })]));

testTrick({ name: 'lr-schedules', create: oneCycle });

describe('the lr-schedules plugin', () => {
  it('gives each step the rate of the schedule, and says which through its api', async () => {
    const schedule = oneCycle();
    const rates: number[] = [];
    const told: number[] = [];
    const observer: Plugin = {
      name: 'observer',
      onStepEnd: ({ run, learningRate }) => {
        rates.push(learningRate);
        told.push(run.use(schedule).current());
      },
    };
    const trainer = tinyTrainer([schedule, observer]);
    await trainer.fit(tinyData(), { epochs: 2 });
    trainer.dispose();
    const expected = [0, 0.1 / 3, (0.1 * 2) / 3, 0.1, 0.075, 0.025];
    expect(rates.map((rate) => rate.toFixed(12))).toEqual(expected.map((rate) => rate.toFixed(12)));
    expect(told).toEqual(rates);
  });

  it('takes any function of the step', async () => {
    const rates: number[] = [];
    const observer: Plugin = {
      name: 'observer',
      onStepEnd: ({ learningRate }) => void rates.push(learningRate),
    };
    const trainer = tinyTrainer([lrSchedule((step) => 0.01 * (step + 1)), observer]);
    await trainer.fit(tinyData(), { epochs: 1 });
    trainer.dispose();
    expect(rates).toEqual([0.01, 0.02, 0.03]);
  });

  it('replaces the rate of the optimizer by an absolute one', () => {
    expect(rateAt(lrSchedule(constant({ value: 0.25 })), 0)).toBe(0.25);
  });

  it('follows from the step alone: any order of steps gives the same rates', () => {
    const plugin = oneCycle();
    const forwards = [0, 1, 2, 3, 4, 5].map((step) => rateAt(plugin, step));
    const backwards = [5, 4, 3, 2, 1, 0].map((step) => rateAt(plugin, step)).reverse();
    expect(backwards).toEqual(forwards);
  });

  it('says when the schedule ends at 0 before the run does, and only then', () => {
    const early = lrSchedule(cosine({ value: 0.1, steps: '1ep' }));
    expect(messagesOf(early)).toEqual([
      '[lr-schedules] the schedule ends at 0 after 3 of 6 steps: nothing is learnt after that. ' +
        'Give it a longer length, or an endValue.',
    ]);
    for (const plugin of [
      lrSchedule(cosine({ value: 0.1, steps: '2ep' })),
      lrSchedule(cosine({ value: 0.1, endValue: 0.01, steps: '1ep' })),
      lrSchedule(() => 0.1),
    ]) {
      expect(messagesOf(plugin)).toEqual([]);
    }
  });

  it.each([[Number.NaN], [-0.1], [Infinity]])('refuses a rate of %d', (rate) => {
    expect(() =>
      rateAt(
        lrSchedule(() => rate),
        4,
      ),
    ).toThrow(
      `[lr-schedules] the schedule gives ${rate} at step 4, and a learning rate must be finite and at least 0. ` +
        'Correct the schedule. (HOOK_RESULT)',
    );
  });
});

type LrPlugin = ReturnType<typeof lrSchedule>;

function contextAt(step: number, log: (message: string) => void = () => undefined) {
  const run = { log } as unknown as Run;
  return { run, state: { current: 0 }, step, epoch: 0, epochs: 2, stepsPerEpoch: 3, totalSteps: 6 };
}

const rateAt = (plugin: LrPlugin, step: number): number => plugin.scheduleLearningRate!(0.9, contextAt(step));

function messagesOf(plugin: LrPlugin): readonly string[] {
  const messages: string[] = [];
  void plugin.onTrainBegin!(contextAt(0, (message) => messages.push(message)));
  return messages;
}
