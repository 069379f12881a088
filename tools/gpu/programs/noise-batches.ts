import type { HostBatch } from '@cantrip/ops';
import type { BatchSource } from '@cantrip/trainer';
import { type Case, CLASSES } from '../../benchmarks/step/cases/cases.ts';

/** Batches that look random, and are the same in every process. */
export function noiseFor(
  { batch, inputShape }: Pick<Case, 'batch' | 'inputShape'>,
  steps: number,
): BatchSource {
  const size = inputShape.reduce((product, side) => product * side, batch);
  let state = 1;
  const values = Float32Array.from({ length: size }, () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647 - 0.5;
  });
  const inputs = { values, shape: [batch, ...inputShape] };
  const targets = { values: Int32Array.from({ length: batch }, (_, i) => i % CLASSES), shape: [batch] };
  return {
    stepsPerEpoch: steps,
    *batches({ start }): Generator<HostBatch> {
      for (let step = start; step < steps; step++) yield { inputs, targets, size: batch };
    },
  };
}
