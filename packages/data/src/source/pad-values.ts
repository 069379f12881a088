import type { HostTensor } from '@cantrip/ops';
import { CantripError } from '@cantrip/errors';
import * as v from 'valibot';
import { holdsNumber } from './holds-number.ts';

/** A number for all arrays, or several by name. */
export type PadOption = number | Readonly<Record<string, number>>;

const finite = v.pipe(v.number(), v.finite());

export const padOptionSchema: v.GenericSchema<PadOption> = v.union(
  [finite, v.record(v.string(), finite)],
  'must be a number, or several by name',
);

/** An array of examples, as far as padding goes. */
interface Padded {
  readonly name: string | undefined;
  readonly values: HostTensor['values'];
  /** Of each example, where they differ. */
  readonly sizes?: Uint32Array | undefined;
}

type WithPadValue<T> = T & { readonly padValue: number };

/** The inputs with what pads them. */
export function withPadValue<T extends Padded>(
  who: string,
  inputs: readonly T[],
  given: PadOption | undefined,
): WithPadValue<T>[] {
  const valueOf = (input: T) => valueFor({ who, option: 'padValue', arrays: inputs, given }, input) ?? 0;
  return inputs.map((input) => ({ ...input, padValue: valueOf(input) }));
}

/** The index that a loss leaves out; PyTorch's and transformers' default. */
const ignoredIndex = -100;

export interface PadTargetOptions {
  readonly padTarget?: PadOption | undefined;
  readonly padLast: boolean;
}

/** The targets with what pads them; class indices in bytes become int32, because bytes hold no -100. */
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
      what: `padTarget is missing, and ${target.name ?? 'targets'} of float32 have no number that every loss leaves out`,
      fix: 'Give padTarget, a number by which your loss can tell the rows to leave out',
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
    what: `${option} names ${unknown}, which there is not`,
    fix: 'Give one number, or a number by the name of each',
  });
}

/** A typed array would take 0.5 as 0 and 2 ** 31 as -(2 ** 31). */
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
    what: `${option} is ${value}, which ${kind} cannot hold`,
    fix: 'Give a number of the array’s own type',
  });
}
