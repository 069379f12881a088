import { dtypeOf } from '../contract/tensor-trees.ts';
import type { Objective } from '../objective/objective.ts';
import { pickEntry } from '../objective/of-output.ts';
import { entriesOfGiven, type PreparedBatch } from '../batch/prepare-batch.ts';

/** What a step must know of rows that only fill a batch up; equal ones make the same program. */
export interface Filling {
  /** Whether such rows are there and something would count them. */
  readonly filled: boolean;
  /** To how many rows losses and metrics without `measure` are cut, for nothing else tells those what counts. */
  readonly cutTo?: number | undefined;
}

/**
 * Whether a batch holds rows that only fill it up, and a loss or metric would count them: where class indices say by an
 * ignored index that a row does not count, nothing more is needed, and the step stays the same program.
 */
export function fillingOf(
  { losses, metrics }: Objective,
  { inputs, targets, size }: Pick<PreparedBatch, 'inputs' | 'targets' | 'size'>,
): Filling {
  if (size === entriesOfGiven(inputs)[0]![1].shape[0]) return { filled: false };
  const parts = [...losses, ...metrics];
  if (parts.some(([, { measure }]) => !measure)) return { filled: true, cutTo: size };
  const filled = parts.some(([output, { ignoreIndex }]) => {
    const isIndex = dtypeOf(pickEntry(entriesOfGiven(targets), output)) === 'int32';
    return !isIndex || ignoreIndex === undefined;
  });
  return { filled };
}
