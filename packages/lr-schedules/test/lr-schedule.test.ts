import { accumulateGradients, sgd } from '@cantrip/optimizers';
import type { Plugin } from '@cantrip/trainer';
import { testTrick, tinyData, tinyTrainer } from '@cantrip/testing';
import { describe, expect, it } from 'vitest';
import { constant, cosine, join, linear, lrSchedule } from '../src/index.ts';
import { hostContext } from './host-context.ts';

const twoPieces = () =>
  lrSchedule(join([linear({ endValue: 0.1, steps: '50%' }), cosine({ value: 0.1, steps: '50%' })]), {
    newHorizon: 'stretch',
  });

testTrick(
  {
    name: 'lr-schedules',
    create: twoPieces,
    // The rate that the tiny trainer's optimizer has of its own.
    identity: () => lrSchedule(constant({ value: 0.05 })),
    devices: ['tensorflow', 'wasm'],
  },
  { describe, it },
);

/** Notes the rate of each step. */
function observer(rates: number[]): Plugin {
  return { name: 'observer', onStepEnd: ({ learningRate }) => void rates.push(learningRate) };
}

describe('the lr-schedules plugin', () => {
  it('gives each step the rate of the schedule, and says which through its api', async () => {
    const schedule = twoPieces();
    const rates: number[] = [];
    const told: number[] = [];
    const listener: Plugin = {
      name: 'listener',
      onStepEnd: ({ run }) => void told.push(run.use(schedule).current()),
    };
    const trainer = tinyTrainer([schedule, observer(rates), listener]);
    await trainer.fit(tinyData(), { epochs: 2 });
    trainer.dispose();
    const expected = [0, 0.1 / 3, (0.1 * 2) / 3, 0.1, 0.075, 0.025];
    expect(rates.map((rate) => rate.toFixed(12))).toEqual(expected.map((rate) => rate.toFixed(12)));
    expect(told).toEqual(rates);
  });

  it('takes any function of the step', async () => {
    const rates: number[] = [];
    const trainer = tinyTrainer([lrSchedule((step) => 0.01 * (step + 1)), observer(rates)]);
    await trainer.fit(tinyData(), { epochs: 1 });
    trainer.dispose();
    expect(rates).toEqual([0.01, 0.02, 0.03]);
  });

  it('replaces the rate of the optimizer by an absolute one', () => {
    expect(rateAt(lrSchedule(constant({ value: 0.25 })), 0)).toBe(0.25);
  });

  it('follows from the step alone: any order of steps gives the same rates', () => {
    const plugin = twoPieces();
    const forwards = [0, 1, 2, 3, 4, 5].map((step) => rateAt(plugin, step));
    const backwards = [5, 4, 3, 2, 1, 0].map((step) => rateAt(plugin, step)).reverse();
    expect(backwards).toEqual(forwards);
  });

  it.each([[Number.NaN], [-0.1], [Infinity]])('refuses a rate of %d', (rate) => {
    expect(() =>
      rateAt(
        lrSchedule(() => rate),
        4,
      ),
    ).toThrow(
      `[lr-schedules] the learning rate must be finite and at least 0, got ${rate} from the schedule at step 4. ` +
        'Correct the schedule that you passed to lrSchedule. (HOOK_RESULT)',
    );
  });
});

type LrPlugin = ReturnType<typeof lrSchedule>;

const rateAt = (plugin: LrPlugin, step: number): number =>
  plugin.scheduleLearningRate!(0.9, hostContext(plugin.state!(), { step, locals: { sweep: undefined } }));

describe('lengths count optimizer updates when gradients are accumulated', () => {
  // 6 batches an epoch make 3 updates, 5 batches too: the last update takes the batch that is left.
  it.each([48, 40])('of %i examples, in batches of 8 and updates of 2 batches', async (examples) => {
    const optimizer = accumulateGradients(sgd(), { steps: 2 });
    const pieces = join([
      constant({ value: 0.01, steps: 1 }),
      constant({ value: 0.02, steps: '1ep' }),
      linear({ initialValue: 0.04, endValue: 0, steps: '33.4%' }),
    ]);
    const rates: number[] = [];
    const trainer = tinyTrainer([lrSchedule(pieces), observer(rates)], { optimizer });
    await trainer.fit(tinyData({ examples, batch: 8 }), { epochs: 2 });
    trainer.dispose();
    expect(rates).toEqual([0.01, 0.02, 0.02, 0.02, 0.04, 0.02]);
  });
});
