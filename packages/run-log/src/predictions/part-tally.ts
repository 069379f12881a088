import type { Values } from './host-values.ts';
import type { ClassPredictions, ValuePredictions } from './predictions.ts';

/** An evaluated batch of one output, on the host. */
export interface ReadBatch {
  readonly outputs: Values;
  readonly targets: Values;
  readonly weights: Values | undefined;
  /** The input that is shown. */
  readonly inputs: Values;
  /** The examples; later rows are padding. */
  readonly size: number;
  /** The place of the first example in the data. */
  readonly first: number;
}

/** Sums up the predictions of one output over the batches of a validation. */
export interface PartTally {
  add(batch: ReadBatch): void;
  result(): Omit<ClassPredictions, 'data' | 'output'> | Omit<ValuePredictions, 'data' | 'output'>;
}
