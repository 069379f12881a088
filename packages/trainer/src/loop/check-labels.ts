import type { HostTensor, HostTensors } from '@cantrip/core-tensor-gpu';
import { CantripError } from '@cantrip/errors';
import { SINGLE, type TensorShapes } from '../model/tensor-trees.ts';
import { type Objective, pickShape } from '../objective/objective.ts';
import type { Tensors } from '../plugins/plugin.ts';
import { isHostTensor } from './prepare-batch.ts';

/**
 * Looks at class indices while they are on the host, for the step can't: TensorFlow turns an index that is out of
 * range into a row of zeros, and nobody notices.
 *
 * @throws CantripError LABEL_OUT_OF_RANGE
 */
export function checkLabels(
  targets: HostTensors | Tensors,
  { losses }: Objective,
  outputShapes: TensorShapes,
): void {
  for (const [output, loss] of losses) {
    const host = hostTensor(targets, output);
    const shape = pickShape(outputShapes, output);
    if (!host || !loss.classes || host.normalization || host.shape.length !== shape.length - 1) continue;
    checkIndices(host.values, loss.classes(shape));
  }
}

function checkIndices(values: HostTensor['values'], classes: number): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value >= 0 && value < classes) continue;
    throw new CantripError('LABEL_OUT_OF_RANGE', {
      who: 'trainer',
      what: `target ${i} of the batch is class ${value}, but the model tells ${classes} classes apart: 0 to ${classes - 1}`,
      fix:
        value < 0
          ? 'Correct the labels, or take a loss with an ignoreIndex, e.g. smoothedCrossEntropy of @cantrip/label-smoothing'
          : 'Correct the labels, or make the last layer wider',
    });
  }
}

function hostTensor(targets: HostTensors | Tensors, output: string): HostTensor | undefined {
  if (isHostTensor(targets)) return targets;
  const named = targets as Record<string, HostTensor | undefined>;
  const only = Object.keys(named).length === 1 ? Object.values(named)[0] : undefined;
  const found = output === SINGLE ? only : named[output];
  return found && ArrayBuffer.isView(found.values) ? found : undefined;
}
