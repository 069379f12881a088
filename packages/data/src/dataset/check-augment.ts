import { CantripError, describe, isPlainObject, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import type { Augmentation } from '../augment/augmentation.ts';
import { randomCropEntries } from '../augment/random-crop.ts';
import { randomFlipEntries } from '../augment/random-flip.ts';
import { trivialAugmentEntries } from '../augment/trivial-augment.ts';
import { holdsNumber } from '../source/holds-number.ts';
import type { SourceArray } from '../source/source.ts';

const who = 'arrayDataset';
const fix =
  'Pass an array of randomCrop(…), randomFlip(…), trivialAugment(…) or functions; if there are several inputs, one array for each by name';

/** Adds the augmentations to the inputs. Only images can have some. */
export function withAugment(inputs: readonly SourceArray[], given: unknown): SourceArray[] {
  if (given === undefined) return [...inputs];
  if (inputs[0]?.name === undefined) return inputs.map((input) => augmented('inputs', input, given));
  if (!isPlainObject(given)) {
    throw new CantripError('OPTION_INVALID', {
      who,
      what: `augment must name the inputs, because there are several, got ${describe(given)}`,
      fix,
    });
  }
  const unknown = Object.keys(given).find((name) => !inputs.some((input) => input.name === name));
  if (unknown !== undefined) {
    const names = inputs.map(({ name }) => name).join(', ');
    throw new CantripError('OPTION_INVALID', {
      who,
      what: `augment names ${unknown}, but the inputs are ${names}`,
      fix,
    });
  }
  return inputs.map((input) => {
    const list = given[input.name!];
    return list === undefined ? input : augmented(`inputs.${input.name!}`, input, list);
  });
}

function augmented(path: string, input: SourceArray, given: unknown): SourceArray {
  if (!Array.isArray(given)) {
    throw new CantripError('OPTION_INVALID', {
      who,
      what: `augment must be an array, got ${describe(given)}`,
      fix,
    });
  }
  const wrong = given.findIndex((augmentation) => !isAugmentation(augmentation));
  if (wrong !== -1) {
    throw new CantripError('OPTION_INVALID', {
      who,
      what: `augment must hold only augmentations, got ${describe(given[wrong])}`,
      fix,
    });
  }
  (given as Augmentation[]).forEach((augmentation, index) =>
    checkPlain(`augment[${index}]`, augmentation, input),
  );
  if (given.length > 0 && input.shape.length !== 3) {
    throw new CantripError('SHAPE_MISMATCH', {
      who,
      what: `augment needs images [examples, height, width, channels], but ${path} is [examples${input.shape.map((size) => `, ${size}`).join('')}]`,
      fix: 'Give the images four axes (1 channel if they are grey), or remove augment',
    });
  }
  return { ...input, augment: given as Augmentation[] };
}

const kinds: ReadonlySet<unknown> = new Set(['randomCrop', 'randomFlip', 'trivialAugment']);

const plainSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('randomCrop'), ...randomCropEntries }),
  v.strictObject({ kind: v.literal('randomFlip'), ...randomFlipEntries }),
  v.strictObject({ kind: v.literal('trivialAugment'), ...trivialAugmentEntries }),
]);

/** Checks an augmentation that is plain data, which may have been written by hand or read from a file. */
function checkPlain(path: string, augmentation: Augmentation, { values, shape }: SourceArray): void {
  if (typeof augmentation === 'function') return;
  parseOptions(who, v.object({ [path]: plainSchema }), { [path]: augmentation });
  if (augmentation.kind === 'trivialAugment') checkBytes(path, values, shape);
  if (augmentation.kind !== 'randomCrop' || holdsNumber(values, augmentation.fill)) return;
  throw new CantripError('OPTION_INVALID', {
    who,
    what: `${path}.fill must be a number that ${describe(values)} can hold, got ${augmentation.fill}`,
    fix: 'Set fill to a number in the units of the array',
  });
}

function checkBytes(path: string, values: SourceArray['values'], shape: readonly number[]): void {
  if (!(values instanceof Uint8Array)) {
    throw new CantripError('OPTION_INVALID', {
      who,
      what: `${path} is trivialAugment, which needs images of bytes, got ${describe(values)}`,
      fix: 'Pass a Uint8Array, and set normalization for the values that the model sees',
    });
  }
  const channels = shape.at(-1);
  if (shape.length !== 3 || channels === 1 || channels === 3) return;
  throw new CantripError('SHAPE_MISMATCH', {
    who,
    what: `${path} is trivialAugment, which needs images with 1 or 3 channels, got ${channels}`,
    fix: 'Remove trivialAugment, or pass grey images or images of red, green and blue',
  });
}

function isAugmentation(value: unknown): value is Augmentation {
  if (typeof value === 'function') return true;
  return isPlainObject(value) && kinds.has(value['kind']);
}
