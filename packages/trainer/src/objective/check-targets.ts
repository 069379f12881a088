import { type Described, dtypeOf, type TensorShapes } from '../model/tensor-trees.ts';
import { checkOutputs } from './check-outputs.ts';
import type { Objective } from './objective.ts';
import { pickEntry, pickShape } from './of-output.ts';

/**
 * Checks targets against outputs before the first step.
 *
 * @throws CantripError SHAPE_MISMATCH, DTYPE_MISMATCH or OPTION_INVALID
 */
export function checkTargets(
  objective: Objective,
  targets: readonly (readonly [string, Described])[],
  outputShapes: TensorShapes,
): void {
  checkOutputs(objective, outputShapes);
  for (const [output, part] of [...objective.losses, ...objective.metrics]) {
    const target = pickEntry(targets, output);
    part.check?.({
      targetShape: target.shape,
      targetType: dtypeOf(target) === 'int32' ? 'int32' : 'float32',
      outputShape: pickShape(outputShapes, output),
    });
  }
}
