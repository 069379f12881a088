import { CantripError } from '@cantrip/errors';
import type { SourceArray } from '../source/source.ts';

/**
 * Checks the targets of a classification. Integers become int32 class indices in [0, classes). Float32 targets have
 * one number for each class on the last axis.
 */
export function checkClasses(path: string, array: SourceArray, classes: number): SourceArray {
  if (array.values instanceof Float32Array) {
    if (array.shape.at(-1) === classes) return array;
    throw new CantripError('SHAPE_MISMATCH', {
      who: 'arrayDataset',
      what: `each example of ${path} must have ${classes} classes on its last axis, got shape [${array.shape.join(', ')}]`,
      fix: 'Pass an Int32Array of class indices, or one number for each class',
    });
  }
  const wrong = array.values.findIndex((value) => value < 0 || value >= classes);
  if (wrong !== -1) {
    throw new CantripError('LABEL_OUT_OF_RANGE', {
      who: 'arrayDataset',
      what: `${path} must be a class in [0, ${classes}), got ${array.values[wrong]} in example ${Math.floor(wrong / array.length)}`,
      fix: `Count the classes from 0 to ${classes - 1}, or correct the option classes`,
    });
  }
  return array.values instanceof Int32Array ? array : { ...array, values: Int32Array.from(array.values) };
}
