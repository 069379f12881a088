import type { Scalar } from '@tensorflow/tfjs-core';
import { CantripError, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';

/** A hyperparameter whose value comes from a scalar of the step. A plugin sets this scalar for each step. */
export interface Scheduled {
  /** The name of the scalar. */
  readonly scalar: string;
}

/** A number for the whole training, or a scheduled number. */
export type Hyperparameter = number | Scheduled;

/** The scalars of this step by name, as tensors. Plugins return them from `scheduleScalars`. */
export type NamedScalars = Readonly<Record<string, Scalar>>;

const scheduledSchema = v.strictObject({ scalar: v.pipe(v.string(), v.nonEmpty('must not be empty')) });

/** Makes a hyperparameter that takes its value from a scalar of the step. A plugin schedules it. */
export function scheduled(scalar: string): Scheduled {
  parseOptions('scheduled', scheduledSchema, { scalar });
  return { scalar };
}

/** Schema of a number that `schema` accepts, or of `scheduled(…)`, whose values cannot be checked in advance. */
export function schedulable(schema: v.GenericSchema<number>): v.GenericSchema<Hyperparameter> {
  return v.lazy((input) =>
    typeof input === 'object' && input !== null ? scheduledSchema : schema,
  ) as v.GenericSchema<Hyperparameter>;
}

/** Replaces each `scheduled(…)` in the options by the scalar of the step. */
export function withScalars<Options extends object>(
  who: string,
  options: Options,
  scalars: NamedScalars | undefined,
): { readonly [Name in keyof Options]: Exclude<Options[Name], Scheduled> | ScalarFor<Options[Name]> } {
  const entries = Object.entries(options).map(([name, value]) => [
    name,
    isScheduled(value) ? scalarOf(who, name, value, scalars) : (value as unknown),
  ]);
  return Object.fromEntries(entries) as ReturnType<typeof withScalars<Options>>;
}

/** The names of the scalars that options use. */
export function scalarsOf(...options: readonly object[]): string[] {
  const names = options.flatMap((one) =>
    Object.values(one)
      .filter(isScheduled)
      .map(({ scalar }) => scalar),
  );
  return [...new Set(names)];
}

type ScalarFor<Value> = Scheduled extends Value ? Scalar : never;

function isScheduled(value: unknown): value is Scheduled {
  return typeof value === 'object' && value !== null && 'scalar' in value && typeof value.scalar === 'string';
}

function scalarOf(
  who: string,
  option: string,
  { scalar }: Scheduled,
  scalars: NamedScalars | undefined,
): Scalar {
  const given = scalars?.[scalar];
  if (given) return given;
  throw new CantripError('OPTION_INVALID', {
    who,
    what: `${option} is scheduled('${scalar}'), but no plugin sets the scalar ${scalar}`,
    fix: `Add hyperparameterSchedule({ ${scalar}: … }) of '@cantrip/lr-schedules', or set ${option} to a number`,
  });
}
