import { CantripError, describe } from '@cantrip/errors';
import type { Augmentation } from '../augment/augmentation.ts';
import { isRecord } from './check-arrays.ts';
import type { SourceArray } from './source.ts';

const who = 'arrayDataset';
const fix =
  'Give a list of randomCrop(…), randomFlip(…) or functions; by the input’s name if there are several';

/** The inputs with their augmentations, which only images can have. */
export function withAugment(inputs: readonly SourceArray[], given: unknown): SourceArray[] {
  if (given === undefined) return [...inputs];
  if (inputs[0]?.name === undefined) return inputs.map((input) => augmented('inputs', input, given));
  if (!isRecord(given)) {
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
  if (given.length > 0 && input.shape.length !== 3) {
    throw new CantripError('SHAPE_MISMATCH', {
      who,
      what: `augment is for images [examples, height, width, channels], but ${path} is [examples${input.shape.map((size) => `, ${size}`).join('')}]`,
      fix: 'Give the images four axes (channels 1 where they are grey), or no augment',
    });
  }
  return { ...input, augment: given as Augmentation[] };
}

function isAugmentation(value: unknown): value is Augmentation {
  if (typeof value === 'function') return true;
  return isRecord(value) && (value['kind'] === 'randomCrop' || value['kind'] === 'randomFlip');
}
