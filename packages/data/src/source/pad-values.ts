import type { HostTensor } from '@cantrip/ops';
import { CantripError } from '@cantrip/errors';
import * as v from 'valibot';
import { holdsNumber } from './holds-number.ts';

/** One number for all arrays, or numbers by name. */
export type PadOption = number | Readonly<Record<string, number>>;

const finite = v.pipe(v.number(), v.finite());

export const padOptionSchema: v.GenericSchema<PadOption> = v.union(
  [finite, v.record(v.string(), finite)],
  'must be a number, or several by name',
);

/** The fields of an array that padding needs. */
interface Padded {
  readonly name: string | undefined;
  readonly values: HostTensor['values'];
  /** The sizes of each example, if they differ. */
  readonly sizes?: Uint32Array | undefined;
}

type WithPadValue<T> = T & { readonly padValue: number };

/** Adds the padding value to the inputs. */
export function withPadValue<T extends Padded>(
  who: string,
  inputs: readonly T[],
  given: PadOption | undefined,
): WithPadValue<T>[] {
  const valueOf = (input: T) => valueFor({ who, option: 'padValue', arrays: inputs, given }, input) ?? 0;
  return inputs.map((input) => ({ ...input, padValue: valueOf(input) }));
}

/** The class index that losses ignore; the default of PyTorch and transformers. */
const ignoredIndex = -100;

export interface PadTargetOptions {
  readonly padTarget?: PadOption | undefined;
  readonly padLast: boolean;
}

/** Adds the padding value to the targets. Class indices in bytes become int32, because bytes cannot hold -100. */
export function withPadTarget<T extends Padded>(
  who: string,
  targets: readonly T[],
  { padTarget: given, padLast }: PadTargetOptions,
): (T & { readonly padValue?: number })[] {
  return targets.map((target) => {
    const values = target.values instanceof Uint8Array ? Int32Array.from(target.values) : target.values;
    const padValue = valueFor({ who, option: 'padTarget', arrays: targets, given }, target);
    if (padValue !== undefined) return { ...target, values, padValue };
    if (values instanceof Int32Array) return { ...target, values, padValue: ignoredIndex };
    if (!padLast && !target.sizes) return { ...target, values };
    throw new CantripError('OPTION_INVALID', {
      who,
      what: `padTarget is required, because ${target.name ?? 'targets'} are float32 and no number is ignored by every loss`,
      fix: 'Set padTarget to a number that your loss ignores',
    });
  });
}

interface Asked {
  readonly who: string;
  readonly option: 'padValue' | 'padTarget';
  readonly arrays: readonly Padded[];
  readonly given: PadOption | undefined;
}

function valueFor(asked: Asked, array: Padded): number | undefined {
  const { who, option, arrays, given } = asked;
  if (typeof given !== 'object') return requireFitting(asked, array, given);
  const unknown = Object.keys(given).find((name) => !arrays.some((other) => other.name === name));
  if (unknown === undefined) return requireFitting(asked, array, given[array.name ?? '']);
  throw new CantripError('OPTION_INVALID', {
    who,
    what: `${option} names ${unknown}, but there is no array of this name`,
    fix: 'Set one number, or one number for each array by name',
  });
}

/** A typed array would silently turn 0.5 into 0, and 2 ** 31 into -(2 ** 31). */
function requireFitting(
  { who, option }: Asked,
  { values }: Padded,
  value: number | undefined,
): number | undefined {
  // Targets of bytes become int32.
  const isByte = values instanceof Uint8Array && option === 'padValue';
  const padded = values instanceof Uint8Array && !isByte ? new Int32Array(0) : values;
  if (value === undefined || holdsNumber(padded, value)) return value;
  const kind = padded instanceof Float32Array ? 'float32' : isByte ? 'a byte' : 'an integer of 32 bits';
  throw new CantripError('OPTION_INVALID', {
    who,
    what: `${option} must be a number that ${kind} can hold, got ${value}`,
    fix: 'Use a number of the same type as the array',
  });
}
