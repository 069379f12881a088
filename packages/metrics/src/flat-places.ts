import * as tf from '@tensorflow/tfjs-core';
import { answersAlone } from './kinds.ts';
import { weightsOfPlaces, withoutIgnored } from './places.ts';

/** Which places count, and whether each unit is one. */
export interface Places {
  readonly multiLabel: boolean;
  readonly ignoreIndex?: number | undefined;
}

/** The places of a batch in one row. */
export interface FlatPlaces {
  readonly units: number;
  /** Whether each unit answers yes or no on its own. */
  readonly alone: boolean;
  /** The number of places. */
  readonly size: number;
  /** The target of each place: a class index, or one number for a unit that answers alone. */
  readonly flat: tf.Tensor1D;
  /** The weight of each place; 0 where the target is ignored. */
  readonly factors: tf.Tensor1D;
}

/**
 * In the step: the targets and weights of all places, each in one row.
 *
 * @throws CantripError SHAPE_MISMATCH
 */
export function flatPlaces(
  { multiLabel, ignoreIndex }: Places,
  targets: tf.Tensor,
  outputs: tf.Tensor,
  weights?: tf.Tensor,
): FlatPlaces {
  const units = outputs.shape.at(-1)!;
  const alone = answersAlone(outputs.shape, multiLabel);
  const shape = alone ? outputs.shape : outputs.shape.slice(0, -1);
  const size = shape.reduce((product, length) => product * length, 1);
  const wanted = alone || targets.rank < outputs.rank ? targets : tf.argMax(targets, -1);
  const flat = tf.reshape(tf.cast(wanted, 'float32'), [size]) as tf.Tensor1D;
  const factors = withoutIgnored(weightsOfPlaces(weights, shape), flat, ignoreIndex);
  return { units, alone, size, flat, factors };
}
