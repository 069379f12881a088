import { CantripError, describe, isPlainObject, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import type { Augmentation } from '../augment/augmentation.ts';
import { randomCropEntries } from '../augment/random-crop.ts';
import { randomFlipEntries } from '../augment/random-flip.ts';
import { holdsNumber } from '../source/holds-number.ts';
import type { SourceArray } from '../source/source.ts';

const who = 'arrayDataset';
const fix =
  'Pass an array of randomCrop(…), randomFlip(…) or functions; if there are several inputs, one array for each by name';

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

const plainSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('randomCrop'), ...randomCropEntries }),
  v.strictObject({ kind: v.literal('randomFlip'), ...randomFlipEntries }),
]);

/** Checks an augmentation that is plain data, which may have been written by hand or read from a file. */
function checkPlain(path: string, augmentation: Augmentation, { values }: SourceArray): void {
  if (typeof augmentation === 'function') return;
  parseOptions(who, v.object({ [path]: plainSchema }), { [path]: augmentation });
  if (augmentation.kind !== 'randomCrop' || holdsNumber(values, augmentation.fill)) return;
  throw new CantripError('OPTION_INVALID', {
    who,
    what: `${path}.fill must be a number that ${describe(values)} can hold, got ${augmentation.fill}`,
    fix: 'Set fill to a number in the units of the array',
  });
}

function isAugmentation(value: unknown): value is Augmentation {
  if (typeof value === 'function') return true;
  return isPlainObject(value) && (value['kind'] === 'randomCrop' || value['kind'] === 'randomFlip');
}
