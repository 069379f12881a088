import { CantripError } from '@cantrip/errors';
import {
  functionInRun,
  type FunctionInRun,
  type Horizon,
  type HorizonOptions,
  type StepFunction,
} from '@cantrip/plugin-kit';
import type { HostContext, Plugin, State } from '@cantrip/trainer';

/** An option that may be a function of the step, with the range of its values. */
export interface SchedulableOption {
  readonly value: unknown;
  readonly option: string;
  readonly range: string;
  readonly fits: (value: number) => boolean;
}

/** The run length that each schedule is bound to, by scalar. */
export interface ScheduledState extends State {
  horizons?: Readonly<Record<string, Horizon>>;
}

type SchedulingHooks = Pick<Plugin<ScheduledState>, 'state' | 'onTrainBegin' | 'scheduleScalars'>;

/** The hooks that set a scalar for each option that is a function of the step. Without such an option, no hooks. */
export function scheduleFunctions(
  options: Readonly<Record<string, SchedulableOption>>,
  horizons: HorizonOptions,
): SchedulingHooks {
  const functions = Object.entries(options).flatMap(([scalar, option]) =>
    typeof option.value === 'function' ? [{ ...option, scalar, at: inRun(option, horizons) }] : [],
  );
  if (functions.length === 0) return {};
  const settle = (context: HostContext<ScheduledState>): Readonly<Record<string, Horizon>> =>
    Object.fromEntries(
      functions.map(({ scalar, at }) => [scalar, at.settle(context, context.state.horizons?.[scalar])]),
    );
  return {
    state: () => ({}),
    onTrainBegin: (context) => void (context.state.horizons = settle(context)),
    scheduleScalars(scalars, context) {
      const settled = (context.state.horizons ??= settle(context));
      const values = functions.map(({ scalar, at, ...option }) => {
        const value = at.valueAt(context, settled[scalar]!);
        if (!option.fits(value)) throw outOfRange(option, value, context.step);
        return [scalar, value] as const;
      });
      return { ...scalars, ...Object.fromEntries(values) };
    },
  };
}

const inRun = (
  { value, option }: SchedulableOption,
  { pastEnd, newHorizon }: HorizonOptions,
): FunctionInRun =>
  functionInRun(`labelSmoothing, ${option}`, value as StepFunction, { pastEnd, newHorizon });

function outOfRange(
  { option, range }: Omit<SchedulableOption, 'value'>,
  value: number,
  step: number,
): CantripError {
  return new CantripError('HOOK_RESULT', {
    who: 'label-smoothing',
    what: `${option} ${range}, got ${value} at step ${step}`,
    fix: `Correct the function that you passed as ${option}`,
  });
}
