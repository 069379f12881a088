import { CantripError } from '@cantrip/errors';
import type { Tensor } from '@tensorflow/tfjs-core';
import * as v from 'valibot';

/** The axes of a weight that count its units, e.g. `[3]` for a kernel `[height, width, inputs, outputs]`. */
export type UnitAxes = readonly number[];

/** Schema of axes by the name of a weight. */
export const unitAxesSchema: v.OptionalSchema<
  v.GenericSchema<Readonly<Record<string, UnitAxes>>>,
  Readonly<Record<string, never>>
> = v.optional(
  v.record(v.string(), v.pipe(v.array(v.pipe(v.number(), v.safeInteger(), v.minValue(0))), v.minLength(1))),
  {},
);

/**
 * The axes of a weight that belong to one unit: all but those that count units. Undefined for a weight without units,
 * such as a bias.
 *
 * The last axis counts the units. A row of `embeddings` is a unit. A `depthwise_kernel` has a unit for each of its
 * last two axes. `given` has precedence.
 */
export function axesWithin(
  who: string,
  name: string,
  { rank, shape }: Tensor,
  given: Readonly<Record<string, UnitAxes>>,
): readonly number[] | undefined {
  const chosen = Object.hasOwn(given, name) ? given[name] : undefined;
  if (rank < 2 && !chosen) return undefined;
  const units = chosen ?? usualAxes(name, rank);
  if (units.some((axis) => axis >= rank)) throw axisAbsent(who, name, shape, units);
  return shape.map((_, axis) => axis).filter((axis) => !units.includes(axis));
}

function usualAxes(name: string, rank: number): UnitAxes {
  if (/(^|\/)embeddings(_\d+)?$/.test(name)) return [0];
  if (/(^|\/)depthwise_kernel(_\d+)?$/.test(name)) return [rank - 2, rank - 1];
  return [rank - 1];
}

function axisAbsent(who: string, name: string, shape: readonly number[], units: UnitAxes): CantripError {
  return new CantripError('OPTION_INVALID', {
    who,
    what: `unitAxes.${name} must be axes of a tensor [${shape.join(',')}], got [${units.join(',')}]`,
    fix: `Count the axes from 0 to ${shape.length - 1}`,
  });
}
