import { CantripError, parseOptions } from '@cantrip/errors';
import { functionInRun, type Horizon, type HorizonOptions, plainSettings } from '@cantrip/plugin-kit';
import type { HostContext, Plugin, State } from '@cantrip/trainer';
import * as v from 'valibot';
import { scheduleSchema } from '../core/option-schemas.ts';
import type { Schedule } from '../core/schedule.ts';
import { following } from './schedules-of.ts';

/** The plugin's state: the value of each scalar at the last step, and the run length that its schedule is bound to. */
export interface HyperparameterState extends State {
  current: Readonly<Record<string, number>>;
  horizons: Readonly<Record<string, Horizon>> | undefined;
}

/** The result of `run.use(plugin)`. */
export interface HyperparameterApi {
  /** The value at the last step; undefined before the first one. */
  current(scalar: string): number | undefined;
}

const schedulesSchema = v.strictObject({
  schedules: v.pipe(
    v.record(v.string(), scheduleSchema),
    v.check((schedules) => Object.keys(schedules).length > 0, 'must be an object of at least one schedule'),
  ),
});

/** Names that the trainer uses itself. */
const taken = ['learningRate', 'step'];

/**
 * Plugin: schedules hyperparameters other than the learning rate. It sets a scalar for each schedule; write
 * `scheduled('name')` in the optimizer to use it. This works for momentum, betas, weight decay and the learning rate
 * of a parameter group. Other plugins can read the scalars too.
 *
 * The values are tensors, so they also change in a recorded step. `options` are those of {@link lrSchedule}.
 *
 * @param schedules - schedules by the name of the scalar
 * @throws CantripError OPTION_INVALID; when training begins SCHEDULE_SHORT or SCHEDULE_HORIZON; while training
 *   HOOK_RESULT if a value is not finite
 * @example
 * ```ts
 * createTrainer({
 *   optimizer: sgd({ momentum: scheduled('momentum') }),
 *   plugins: [
 *     lrSchedule(oneCycle({ peakValue: 0.1, steps: '100%' })),
 *     hyperparameterSchedule({
 *       momentum: oneCycle({ initialValue: 0.95, peakValue: 0.85, endValue: 0.95, steps: '100%' }),
 *     }),
 *   ],
 *   …
 * });
 * ```
 */
export function hyperparameterSchedule(
  schedules: Readonly<Record<string, Schedule>>,
  options: HorizonOptions = {},
): Plugin<HyperparameterState, HyperparameterApi> {
  parseOptions('hyperparameterSchedule', schedulesSchema, { schedules });
  const reserved = taken.find((name) => name in schedules);
  if (reserved) throw nameTaken(reserved);
  const inRun = mapValues(schedules, (schedule, name) =>
    functionInRun(`hyperparameterSchedule, ${name}`, schedule, options),
  );
  const settle = (context: HostContext<HyperparameterState>): Readonly<Record<string, Horizon>> =>
    mapValues(inRun, (one, name) => one.settle(context, context.state.horizons?.[name]));
  const plugin: Plugin<HyperparameterState, HyperparameterApi> = {
    name: 'lr-schedules/hyperparameters',
    settings: plainSettings({ ...schedules, ...options }),
    state: () => ({ current: {}, horizons: undefined }),
    onTrainBegin: (context) => void (context.state.horizons = settle(context)),
    scheduleScalars(scalars, context) {
      const { state, step } = context;
      const horizons = state.horizons ?? settle(context);
      const own = mapValues(inRun, (one, name) =>
        finite(name, one.valueAt(context, horizons[name] as Horizon), step),
      );
      return { ...scalars, ...own };
    },
    onStepEnd: ({ state, answered }) =>
      void (state.current = mapValues(inRun, (_, name) => answered.scalars[name]!)),
    api: (_, state) => ({ current: (scalar) => state.current[scalar] }),
  };
  return following(plugin, schedules);
}

function mapValues<In, Out>(
  object: Readonly<Record<string, In>>,
  change: (value: In, name: string) => Out,
): Record<string, Out> {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value, name)]));
}

function finite(name: string, value: number, step: number): number {
  if (Number.isFinite(value)) return value;
  throw new CantripError('HOOK_RESULT', {
    who: 'lr-schedules/hyperparameters',
    what: `${name} must be finite, got ${String(value)} from its schedule at step ${step}`,
    fix: `Correct the schedule of ${name}`,
  });
}

function nameTaken(name: string): CantripError {
  return new CantripError('OPTION_INVALID', {
    who: 'hyperparameterSchedule',
    what: `the name ${name} is reserved for a scalar of the trainer`,
    fix: name === 'learningRate' ? 'Use lrSchedule to schedule the learning rate' : 'Choose another name',
  });
}
