import type { Endings } from '@cantrip/plugin-kit';
import { type Described, dtypeOf, type TensorShapes } from '../contract/tensor-trees.ts';
import { checkEnding } from './check-ending.ts';
import { checkOutputs } from './check-outputs.ts';
import type { ShapesToCheck } from './loss.ts';
import type { Objective } from './objective.ts';
import { pickEntry, pickShape } from './of-output.ts';

/**
 * Checks losses and metrics against targets, outputs and each other before the first step.
 *
 * @throws CantripError SHAPE_MISMATCH, DTYPE_MISMATCH, OPTION_INVALID or LOSS_MISFIT
 */
export function checkTargets(
  objective: Objective,
  targets: readonly (readonly [string, Described])[],
  outputShapes: TensorShapes,
  endings: Endings = {},
): void {
  checkOutputs(objective, outputShapes);
  const shapesOf = (output: string): ShapesToCheck => {
    const target = pickEntry(targets, output);
    return {
      targetShape: target.shape,
      targetType: dtypeOf(target) === 'int32' ? 'int32' : 'float32',
      outputShape: pickShape(outputShapes, output),
    };
  };
  for (const [output, part] of [...objective.losses, ...objective.metrics]) part.check?.(shapesOf(output));
  for (const [output, metric] of objective.metrics) {
    const loss = objective.losses.find(([name]) => name === output || objective.losses.length === 1)?.[1];
    if (loss) metric.checkLoss?.(loss, shapesOf(output));
  }
  for (const [output, loss] of objective.losses) {
    const names = Object.keys(endings);
    checkEnding(loss, endings[output] ?? (names.length === 1 ? endings[names[0]!] : undefined));
  }
}
