import { CantripError, parseOptions } from '@cantrip/errors';
import type { HostContext, Plugin, State } from '@cantrip/trainer';
import * as v from 'valibot';
import { bindSchedule, type BoundSchedule, type Schedule } from './schedule.ts';

/** What `run.use(plugin)` gives. */
export interface LearningRateApi {
  /** The learning rate of the step under way, or of the last one; 0 before the first. */
  current(): number;
}

/** The plugin's state. */
export interface LearningRateState extends State {
  current: number;
}

/**
 * Plugin: the learning rate of every step is the schedule's value, whatever the optimizer or a plugin before says.
 *
 * The schedule is asked for the run's step, so a restored run goes on where it was. When the schedule ends at 0
 * before the run does, that is logged: the steps after it train nothing.
 *
 * @param schedule - of this package, or any function of the step; absolute learning rates
 * @throws CantripError OPTION_INVALID; while training HOOK_RESULT for a rate that is negative or not finite
 * @example
 * ```ts
 * createTrainer({ …, plugins: [lrSchedule(cosine({ value: 0.1, steps: '100%' }))] });
 * ```
 */
export function lrSchedule(schedule: Schedule): Plugin<LearningRateState, LearningRateApi> {
  parseOptions('lrSchedule', v.object({ schedule: v.function() }), { schedule });
  const boundFor = remembering(schedule);
  return {
    name: 'lr-schedules',
    state: () => ({ current: 0 }),
    onTrainBegin: (context) => warnOfEarlyEnd(boundFor(context), context),
    scheduleLearningRate(_, context) {
      const rate = boundFor(context)(context.step);
      if (!(Number.isFinite(rate) && rate >= 0)) throw badRate(rate, context.step);
      context.state.current = rate;
      return rate;
    },
    api: (_, state) => ({ current: () => state.current }),
  };
}

/** Binds anew only when the run's length changes; the object may serve several runs in turn. */
function remembering(schedule: Schedule): (run: HostContext) => BoundSchedule {
  let last:
    | { readonly bound: BoundSchedule; readonly stepsPerEpoch: number; readonly totalSteps: number }
    | undefined;
  return ({ stepsPerEpoch, totalSteps }) => {
    if (last?.stepsPerEpoch !== stepsPerEpoch || last.totalSteps !== totalSteps) {
      last = { bound: bindSchedule(schedule, { stepsPerEpoch, totalSteps }), stepsPerEpoch, totalSteps };
    }
    return last.bound;
  };
}

function warnOfEarlyEnd(bound: BoundSchedule, { run, totalSteps }: HostContext): void {
  if (bound.steps >= totalSteps || bound(bound.steps) !== 0) return;
  run.log(
    `[lr-schedules] the schedule ends at 0 after ${bound.steps} of ${totalSteps} steps: ` +
      'nothing is learnt after that. Give it a longer length, or an endValue.',
  );
}

function badRate(rate: number, step: number): CantripError {
  return new CantripError('HOOK_RESULT', {
    who: 'lr-schedules',
    what: `the schedule gives ${String(rate)} at step ${step}, and a learning rate must be finite and at least 0`,
    fix: 'Correct the schedule',
  });
}
