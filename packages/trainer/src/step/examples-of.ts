import { entriesOfTensors } from '@cantrip/plugin-kit';
import type { OnePart, PreparedBatch } from '../batch/prepare-batch.ts';
import type { Tensors } from '../contract/batch.ts';
import type { EvaluatedExamples } from '../contract/evaluated-examples.ts';
import { SINGLE } from '../contract/tensor-trees.ts';
import type { Objective } from '../objective/objective.ts';
import { pick, pickEntry } from '../objective/of-output.ts';

/** What plugins see of an evaluated batch: each trained output with its loss, targets and weights. */
export function examplesOf(
  { losses }: Objective,
  { size, inputs, targets, weights }: PreparedBatch,
  outputs: Tensors,
): EvaluatedExamples {
  return {
    size,
    inputs,
    outputs: losses.map(([output, loss]) => ({
      output,
      loss,
      outputs: pick(outputs, output),
      targets: pickEntry(entriesOfTensors<OnePart>(targets), output),
      ...(weights !== undefined && { weights: weightsOf(entriesOfTensors<OnePart>(weights), output) }),
    })),
  };
}

/** One tensor is for all outputs. */
const weightsOf = (entries: readonly (readonly [string, OnePart])[], output: string): OnePart | undefined =>
  entries.find(([name]) => name === SINGLE || name === output || output === SINGLE)?.[1];
