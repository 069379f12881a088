import { CantripError, describe, isPlainObject, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import type { Augmentation } from '../augment/augmentation.ts';
import { randomCropEntries } from '../augment/random-crop.ts';
import { randomFlipEntries } from '../augment/random-flip.ts';
import { holdsNumber } from '../source/holds-number.ts';
import type { SourceArray } from '../source/source.ts';

const who = 'arrayDataset';
const fix =
  'Give a list of randomCrop(…), randomFlip(…) or functions; by the input’s name if there are several';

/** The inputs with their augmentations, which only images can have. */
export function withAugment(inputs: readonly SourceArray[], given: unknown): SourceArray[] {
  if (given === undefined) return [...inputs];
  if (inputs[0]?.name === undefined) return inputs.map((input) => augmented('inputs', input, given));
  if (!isPlainObject(given)) {
    throw new CantripError('OPTION_INVALID', {
      who,
      what: `augment must say which input it is for, got ${describe(given)}`,
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
      what: `augment must be a list, got ${describe(given)}`,
      fix,
    });
  }
  const wrong = given.findIndex((augmentation) => !isAugmentation(augmentation));
  if (wrong !== -1) {
    throw new CantripError('OPTION_INVALID', { who, what: `augment holds ${describe(given[wrong])}`, fix });
  }
  (given as Augmentation[]).forEach((augmentation, index) =>
    checkPlain(`augment[${index}]`, augmentation, input),
  );
  if (given.length > 0 && input.shape.length !== 3) {
    throw new CantripError('SHAPE_MISMATCH', {
      who,
      what: `augment is for images [examples, height, width, channels], but ${path} is [examples${input.shape.map((size) => `, ${size}`).join('')}]`,
      fix: 'Give the images four axes (channels 1 where they are grey), or no augment',
    });
  }
  return { ...input, augment: given as Augmentation[] };
}

const plainSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('randomCrop'), ...randomCropEntries }),
  v.strictObject({ kind: v.literal('randomFlip'), ...randomFlipEntries }),
]);

/** Plain data may have been written by hand, or read from a file. */
function checkPlain(path: string, augmentation: Augmentation, { values }: SourceArray): void {
  if (typeof augmentation === 'function') return;
  parseOptions(who, v.object({ [path]: plainSchema }), { [path]: augmentation });
  if (augmentation.kind !== 'randomCrop' || holdsNumber(values, augmentation.fill)) return;
  throw new CantripError('OPTION_INVALID', {
    who,
    what: `${path}.fill is ${augmentation.fill}, which ${describe(values)} cannot hold`,
    fix: 'Give a fill in the units of the array',
  });
}

function isAugmentation(value: unknown): value is Augmentation {
  if (typeof value === 'function') return true;
  return isPlainObject(value) && (value['kind'] === 'randomCrop' || value['kind'] === 'randomFlip');
}
