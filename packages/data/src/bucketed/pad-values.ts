import { CantripError } from '@cantrip/errors';
import type { CheckedBucketedOptions } from './bucketed-options.ts';
import type { VariableArray } from './bucketed-source.ts';

const who = 'bucketedDataset';

type Given = CheckedBucketedOptions['padValue'];

/** The inputs with what pads them. */
export function withPadValue(inputs: readonly VariableArray[], given: Given): VariableArray[] {
  return inputs.map((input) => ({ ...input, padValue: valueFor('padValue', inputs, input, given) ?? 0 }));
}

/** The index that a loss leaves out; PyTorch's and transformers' default. */
const ignoredIndex = -100;

/** The targets with what pads them; class indices in bytes become int32, because bytes hold no -100. */
export function withPadTarget(
  targets: readonly VariableArray[],
  { padTarget, padLast }: Pick<CheckedBucketedOptions, 'padTarget' | 'padLast'>,
): VariableArray[] {
  return targets.map((target) => {
    const values = target.values instanceof Uint8Array ? Int32Array.from(target.values) : target.values;
    const padValue = valueFor('padTarget', targets, target, padTarget);
    if (padValue !== undefined) return { ...target, values, padValue };
    if (values instanceof Int32Array) return { ...target, values, padValue: ignoredIndex };
    if (!padLast && !target.sizes) return { ...target, values };
    throw new CantripError('OPTION_INVALID', {
      who,
      what: `padTarget is missing, and ${target.name ?? 'targets'} of float32 have no number that every loss leaves out`,
      fix: 'Give padTarget, e.g. 0 for one-hot targets, whose rows of zeros add nothing to a cross-entropy',
    });
  });
}

function valueFor(
  option: string,
  arrays: readonly VariableArray[],
  array: VariableArray,
  given: Given,
): number | undefined {
  if (typeof given !== 'object') return requireFitting(option, array, given);
  const unknown = Object.keys(given).find((name) => !arrays.some((other) => other.name === name));
  if (unknown === undefined) return requireFitting(option, array, given[array.name ?? '']);
  throw new CantripError('OPTION_INVALID', {
    who,
    what: `${option} names ${unknown}, which there is not`,
    fix: 'Give one number, or a number by the name of each',
  });
}

/** A typed array would take 0.5 as 0 and 256 as 0. */
function requireFitting(
  option: string,
  { values }: VariableArray,
  value: number | undefined,
): number | undefined {
  if (value === undefined || values instanceof Float32Array) return value;
  const isByte = values instanceof Uint8Array && option === 'padValue';
  if (Number.isInteger(value) && (!isByte || (value >= 0 && value <= 255))) return value;
  throw new CantripError('OPTION_INVALID', {
    who,
    what: `${option} is ${value}, which ${isByte ? 'a byte' : 'an integer'} cannot hold`,
    fix: 'Give a number of the array’s own type',
  });
}
