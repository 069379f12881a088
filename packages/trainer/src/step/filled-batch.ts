import { dtypeOf } from '../contract/tensor-trees.ts';
import { meansOf, type Objective } from '../objective/objective.ts';
import { pickEntry } from '../objective/of-output.ts';
import { entriesOfTensors } from '@cantrip/plugin-kit';
import type { OnePart, PreparedBatch } from '../batch/prepare-batch.ts';

/** What a step must know about padding rows. Equal values use the same program. */
export interface Filling {
  /** Whether there are padding rows that would be counted otherwise. */
  readonly filled: boolean;
  /** The number of rows to which losses and metrics without `measure` are cut, because they accept no weights. */
  readonly cutTo?: number | undefined;
}

/**
 * Finds out whether a batch has padding rows that a loss or metric would count. If their class indices are the
 * ignored index, they do not count anyway, and the same program is used.
 */
export function fillingOf(
  objective: Objective,
  { inputs, targets, size }: Pick<PreparedBatch, 'inputs' | 'targets' | 'size'>,
): Filling {
  if (size === entriesOfTensors<OnePart>(inputs)[0]![1].shape[0]) return { filled: false };
  const parts = [...objective.losses, ...meansOf(objective)];
  if (parts.some(([, { measure }]) => !measure)) return { filled: true, cutTo: size };
  const filled = [...objective.losses, ...objective.metrics].some(([output, { ignoreIndex }]) => {
    const isIndex = dtypeOf(pickEntry(entriesOfTensors<OnePart>(targets), output)) === 'int32';
    return !isIndex || ignoreIndex === undefined;
  });
  return { filled };
}
