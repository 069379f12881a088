import { CantripError, checkArgument, functionCheck } from '@cantrip/errors';
import { functionInRun, type Horizon, type HorizonOptions, plainSettings } from '@cantrip/plugin-kit';
import type { Plugin, State } from '@cantrip/trainer';
import type { Schedule } from '../core/schedule.ts';
import type { Sweep, SweepHost } from '../core/learning-rate-sweep.ts';
import { following } from './schedules-of.ts';

/** The result of `run.use(plugin)`. */
export interface LearningRateApi extends SweepHost {
  /** The learning rate of the last step; 0 before the first one. */
  current(): number;
}

/** The values of one run. */
export interface LearningRateLocals {
  sweep: Sweep | undefined;
}

/** The plugin's state. */
export interface LearningRateState extends State {
  current: number;
  /** The run length that the schedule is bound to, from the first step on. */
  horizon: Horizon | undefined;
}

/**
 * Plugin: sets the learning rate of every step to the schedule's value. It replaces the learning rate of the
 * optimizer and of earlier plugins.
 *
 * The schedule is called with the run's step, so a restored run continues at the right value. Steps are optimizer
 * updates, also with gradient accumulation.
 *
 * A schedule that is shorter than the run throws an error before the first step; set `pastEnd` to change this. A run
 * that is resumed with another length throws an error if the schedule depends on the length; set `newHorizon` to
 * change this.
 *
 * @param schedule - a schedule of this package, or any function of the step that returns the learning rate
 * @throws CantripError OPTION_INVALID; when training begins SCHEDULE_SHORT or SCHEDULE_HORIZON; while training
 *   HOOK_RESULT if the learning rate is negative or not finite
 * @example
 * ```ts
 * createTrainer({ …, plugins: [lrSchedule(cosine({ value: 0.1, steps: '100%' }))] });
 * lrSchedule(cosine({ value: 0.1, steps: '100%' }), { newHorizon: 'continue' }); // the run may be resumed with more epochs
 * ```
 */
export function lrSchedule(
  schedule: Schedule,
  options: HorizonOptions = {},
): Plugin<LearningRateState, LearningRateApi, LearningRateLocals> {
  checkArgument('lrSchedule', 'schedule', functionCheck, schedule);
  const { settle, valueAt } = functionInRun('lrSchedule', schedule, options);
  const plugin: Plugin<LearningRateState, LearningRateApi, LearningRateLocals> = {
    name: 'lr-schedules',
    settings: plainSettings({ schedule, ...options }),
    state: () => ({ current: 0, horizon: undefined }),
    setup: () => ({ locals: { sweep: undefined } }),
    onTrainBegin(context) {
      context.state.horizon = settle(context, context.state.horizon);
    },
    scheduleLearningRate(_, context) {
      const { state, step } = context;
      const { sweep } = context.locals;
      if (sweep) return sweep.rateAt(step);
      const rate = valueAt(context, state.horizon ?? settle(context, undefined));
      if (!(Number.isFinite(rate) && rate >= 0)) throw badRate(rate, step);
      return rate;
    },
    async onStepEnd({ locals: { sweep }, state, answered, learningRate, loss, weight }) {
      // Without a sweep, the loss is not read, because reading it waits for the device.
      if (sweep) sweep.take(learningRate, await loss(), await weight());
      else state.current = answered.learningRate;
    },
    api: (_, state, locals) => ({
      current: () => state.current,
      beginSweep(sweep) {
        locals.sweep = sweep;
        return () => void (locals.sweep = undefined);
      },
      isSweeping: () => locals.sweep !== undefined,
    }),
  };
  return following(plugin, { learningRate: schedule });
}

function badRate(rate: number, step: number): CantripError {
  return new CantripError('HOOK_RESULT', {
    who: 'lr-schedules',
    what: `the learning rate must be finite and at least 0, got ${String(rate)} from the schedule at step ${step}`,
    fix: 'Correct the schedule that you passed to lrSchedule',
  });
}
