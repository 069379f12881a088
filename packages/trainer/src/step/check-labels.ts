import * as tf from '@tensorflow/tfjs-core';
import type { HostTensors } from '@cantrip/ops';
import { CantripError } from '@cantrip/errors';
import type { TensorShapes } from '../contract/tensor-trees.ts';
import type { Objective } from '../objective/objective.ts';
import { pickEntry, pickShape } from '../objective/of-output.ts';
import type { Tensors } from '../contract/batch.ts';
import { entriesOfTensors } from '@cantrip/plugin-kit';
import type { OnePart } from '../batch/prepare-batch.ts';

/**
 * Checks class indices before the step. The step itself cannot: TensorFlow turns an index out of range into a row of
 * zeros, without an error. Labels on the device are downloaded, which waits for it.
 *
 * @throws CantripError LABEL_OUT_OF_RANGE; for labels on the device, the promise is rejected with it
 */
export function checkLabels(
  targets: HostTensors | Tensors,
  { losses }: Objective,
  outputShapes: TensorShapes,
): Promise<void> | undefined {
  const reading: Promise<void>[] = [];
  for (const [output, loss] of losses) {
    const target = pickEntry(entriesOfTensors<OnePart>(targets), output);
    const shape = pickShape(outputShapes, output);
    if (!loss.classes || target.shape.length !== shape.length - 1) continue;
    const check = (values: ArrayLike<number>): void =>
      checkIndices({ output, values, classes: loss.classes!(shape), ignoreIndex: loss.ignoreIndex });
    if (!(target instanceof tf.Tensor)) {
      if (!target.normalization) check(target.values);
    } else if (target.dtype === 'int32') reading.push(target.data().then(check));
  }
  return reading.length > 0 ? Promise.all(reading).then(() => undefined) : undefined;
}

interface Labels {
  readonly output: string;
  readonly values: ArrayLike<number>;
  readonly classes: number;
  readonly ignoreIndex: number | undefined;
}

function checkIndices({ output, values, classes, ignoreIndex }: Labels): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if ((value >= 0 && value < classes) || value === ignoreIndex) continue;
    throw new CantripError('LABEL_OUT_OF_RANGE', {
      who: 'trainer',
      what: `target ${i} of the batch${output ? ` for ${output}` : ''} is class ${value}, but the model has ${classes} classes: 0 to ${classes - 1}`,
      fix: fixOf(value, ignoreIndex),
    });
  }
}

function fixOf(value: number, ignoreIndex: number | undefined): string {
  if (ignoreIndex !== undefined)
    return `Correct the labels; only the ignored index ${ignoreIndex} may be out of range`;
  return value < 0
    ? 'Correct the labels, or use a loss with ignoreIndex, for example smoothedCrossEntropy of @cantrip/label-smoothing'
    : 'Correct the labels, or give the last layer more units';
}
