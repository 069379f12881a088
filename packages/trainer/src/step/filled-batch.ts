import { dtypeOf } from '../contract/tensor-trees.ts';
import type { Objective } from '../objective/objective.ts';
import { pickEntry } from '../objective/of-output.ts';
import { entriesOfGiven, type PreparedBatch } from '../batch/prepare-batch.ts';

/**
 * Whether a batch holds rows that only fill it up, and a loss or metric would count them: where class indices say by an
 * ignored index that a row does not count, nothing more is needed, and the step stays the same program.
 */
export function needsFillingLeftOut(
  { losses, metrics }: Objective,
  { inputs, targets, size }: Pick<PreparedBatch, 'inputs' | 'targets' | 'size'>,
): boolean {
  if (size === entriesOfGiven(inputs)[0]![1].shape[0]) return false;
  return [...losses, ...metrics].some(([output, part]) => {
    if (!part.measure) return false;
    const isIndex = dtypeOf(pickEntry(entriesOfGiven(targets), output)) === 'int32';
    return !isIndex || part.ignoreIndex === undefined;
  });
}
