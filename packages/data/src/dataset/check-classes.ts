import { CantripError } from '@cantrip/errors';
import type { SourceArray } from '../source/source.ts';

/**
 * The targets of a classification: whole numbers as int32 class indices, each in [0, classes); or float32 with one
 * number for each class on the last axis.
 */
export function checkClasses(path: string, array: SourceArray, classes: number): SourceArray {
  if (array.values instanceof Float32Array) {
    if (array.shape.at(-1) === classes) return array;
    throw new CantripError('SHAPE_MISMATCH', {
      who: 'arrayDataset',
      what: `each example of ${path} is [${array.shape.join(', ')}], where the last axis must have the ${classes} classes`,
      fix: 'Give an Int32Array of class indices, or one number for each class',
    });
  }
  const wrong = array.values.findIndex((value) => value < 0 || value >= classes);
  if (wrong !== -1) {
    throw new CantripError('LABEL_OUT_OF_RANGE', {
      who: 'arrayDataset',
      what: `${path} of example ${Math.floor(wrong / array.length)} is ${array.values[wrong]}, not in [0, ${classes})`,
      fix: 'Count the classes from 0, or correct the number of classes',
    });
  }
  return array.values instanceof Int32Array ? array : { ...array, values: Int32Array.from(array.values) };
}
