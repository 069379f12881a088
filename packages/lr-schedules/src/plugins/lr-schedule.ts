import { CantripError, parseOptions } from '@cantrip/errors';
import type { HorizonOptions, Plugin, State } from '@cantrip/trainer';
import * as v from 'valibot';
import { type Horizon, scheduleInRun } from '../core/schedule-in-run.ts';
import type { Schedule } from '../core/schedule.ts';
import { sweepOf } from '../core/learning-rate-sweep.ts';

/** What `run.use(plugin)` gives. */
export interface LearningRateApi {
  /** The learning rate of the step under way, or of the last one; 0 before the first. */
  current(): number;
}

/** The plugin's state. */
export interface LearningRateState extends State {
  current: number;
  /** The length that the schedule is measured against, from the first step on. */
  horizon: Horizon | undefined;
}

/**
 * Plugin: the learning rate of every step is the schedule's value, whatever the optimizer or a plugin before says.
 *
 * The schedule is asked for the run's step, so a restored run goes on where it was. A schedule that ends before the
 * run does is an error before the first step, and so is a run that goes on with another length than it began with,
 * where the schedule depends on that: `options` say what else to do.
 *
 * @param schedule - of this package, or any function of the step; absolute learning rates
 * @throws CantripError OPTION_INVALID; when training begins SCHEDULE_SHORT or SCHEDULE_HORIZON; while training
 *   HOOK_RESULT for a rate that is negative or not finite
 * @example
 * ```ts
 * createTrainer({ …, plugins: [lrSchedule(cosine({ value: 0.1, steps: '100%' }))] });
 * lrSchedule(cosine({ value: 0.1, steps: '100%' }), { newHorizon: 'continue' }); // may be prolonged
 * ```
 */
export function lrSchedule(
  schedule: Schedule,
  options: HorizonOptions = {},
): Plugin<LearningRateState, LearningRateApi> {
  parseOptions('lrSchedule', v.object({ schedule: v.function() }), { schedule });
  const { settle, valueAt } = scheduleInRun('lrSchedule', schedule, options);
  return {
    name: 'lr-schedules',
    state: () => ({ current: 0, horizon: undefined }),
    onTrainBegin(context) {
      const sweep = sweepOf(context.run);
      if (sweep) sweep.hosted = true;
      context.state.horizon = settle(context, context.state.horizon);
    },
    scheduleLearningRate(_, context) {
      const { state, step } = context;
      const sweep = sweepOf(context.run);
      if (sweep) return sweep.rateAt(step);
      const rate = valueAt(context, (state.horizon ??= settle(context, undefined)));
      if (!(Number.isFinite(rate) && rate >= 0)) throw badRate(rate, step);
      state.current = rate;
      return rate;
    },
    async onStepEnd({ run, learningRate, loss, weight }) {
      const sweep = sweepOf(run);
      // Without one the loss stays on the device.
      if (sweep) sweep.take(learningRate, await loss(), await weight());
    },
    api: (_, state) => ({ current: () => state.current }),
  };
}

function badRate(rate: number, step: number): CantripError {
  return new CantripError('HOOK_RESULT', {
    who: 'lr-schedules',
    what: `the schedule gives ${String(rate)} at step ${step}, and a learning rate must be finite and at least 0`,
    fix: 'Correct the schedule',
  });
}
