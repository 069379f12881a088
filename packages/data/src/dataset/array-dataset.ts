import type { Normalization } from '@cantrip/ops';
import { CantripError } from '@cantrip/errors';
import { checkArrays, normalize, sharedCount } from '../source/check-arrays.ts';
import { withAugment } from './check-augment.ts';
import { checkClasses } from './check-classes.ts';
import { type ArrayDatasetOptions, parseDatasetOptions } from './dataset-options.ts';
import type { Dataset } from '../source/dataset.ts';
import { fromSource } from './from-source.ts';
import { withPadTarget } from '../source/pad-values.ts';
import { requireWeights } from '../source/require-weights.ts';
import type { SourceArray } from '../source/source.ts';

const who = 'arrayDataset';

/**
 * Creates a dataset of typed arrays in memory.
 *
 * Arrays are row-major, [examples, …]. Bytes stay bytes until they are on the device. Everything is checked here, so
 * no batch fails later.
 *
 * @throws CantripError OPTION_INVALID, DTYPE_MISMATCH, SHAPE_MISMATCH, DATA_EMPTY or LABEL_OUT_OF_RANGE
 * @example
 * ```ts
 * const dataset = arrayDataset({
 *   inputs: { values: Float32Array.of(0, 0, 0, 1, 1, 0, 1, 1), shape: [4, 2] },
 *   targets: { values: Int32Array.of(0, 1, 1, 0), shape: [4] },
 *   classes: 2,
 *   batchSize: 3,
 * });
 * dataset.batchesPerEpoch; // 2: a batch of 3 and one of 1
 * ```
 */
export function arrayDataset(options: ArrayDatasetOptions): Dataset {
  const parsed = parseDatasetOptions(options);
  const { batchSize, shuffle, dropLast, padLast, augment, prefetch, classes, normalization } = parsed;
  const inputs = checkArrays('inputs', parsed.inputs);
  const targets = checkArrays('targets', parsed.targets);
  const weights = parsed.weights === undefined ? [] : checkWeights(parsed.weights);
  const all = [
    ...withPaths('inputs', inputs),
    ...withPaths('targets', targets),
    ...withPaths('weights', weights),
  ];
  const examples = sharedCount(all);
  return fromSource(
    {
      inputs: withAugment(withNormalization(inputs, normalization), augment),
      targets: padLast
        ? withPadTarget(who, withClasses(targets, classes), parsed)
        : withClasses(targets, classes),
      weights,
      count: examples,
      selected: undefined,
      batchSize,
      shuffle,
      dropLast,
      padLast,
    },
    { who, prefetch },
  );
}

/** Checks the weights. Padding rows get weight 0. */
function checkWeights(given: unknown): readonly SourceArray[] {
  return checkArrays('weights', given).map((array) => {
    requireWeights(who, array);
    return { ...array, padValue: 0 };
  });
}

function withPaths(side: string, arrays: readonly SourceArray[]): [string, SourceArray][] {
  return arrays.map((array) => [array.name === undefined ? side : `${side}.${array.name}`, array]);
}

function withNormalization(
  inputs: readonly SourceArray[],
  given: Normalization | undefined,
): readonly SourceArray[] {
  if (given === undefined) return inputs;
  const isFor = ({ values, normalization }: SourceArray) => values instanceof Uint8Array && !normalization;
  // If no input holds bytes, normalize() throws the reason: a normalization without effect is a mistake.
  const hasNone = !inputs.some(isFor);
  return withPaths('inputs', inputs).map(([path, input]) =>
    hasNone || isFor(input) ? normalize(path, input, given) : input,
  );
}

function withClasses(
  targets: readonly SourceArray[],
  classes: ArrayDatasetOptions['classes'],
): readonly SourceArray[] {
  if (classes === undefined) return targets;
  if (typeof classes === 'object') {
    const unknown = Object.keys(classes).find((name) => !targets.some((target) => target.name === name));
    if (unknown !== undefined) {
      throw new CantripError('OPTION_INVALID', {
        who,
        what: `classes names ${unknown}, but there is no target of this name`,
        fix: 'Set one number, or one number for each target by name',
      });
    }
  }
  return withPaths('targets', targets).map(([path, target]) => {
    const own = typeof classes === 'number' ? classes : classes[target.name!];
    return own === undefined ? target : checkClasses(path, target, own);
  });
}
