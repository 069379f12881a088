import type * as tf from '@tensorflow/tfjs-core';
import type { CapturedFunction } from './graph/captured-function.ts';
import type { ChangedValues } from './host/note-values.ts';
import type { Place } from './host/own-values.ts';
import type { ProductShare } from './precision/mixed-precision.ts';
import type { Tree } from './trees/trees.ts';

/** The source of one argument of the function. */
export type RecordedInput =
  | { readonly feed: number }
  | { readonly variable: tf.Variable; readonly changes: boolean }
  /** A tensor from before the recording, which must still exist. `id` finds it if the step itself disposed it. */
  | { readonly dataId: object; readonly id: number };

/** A step as a function, which returns its results and changes the variables that it assigns. */
export interface Recording {
  readonly fn: CapturedFunction;
  readonly inputs: readonly RecordedInput[];
  /** The step's result, with the index of the function's output in place of each tensor. */
  readonly results: Tree<number>;
  /** Identifies what the function computes from its inputs. */
  readonly fingerprint: string;
  readonly leavings: Leavings;
  /** How many products are in bfloat16; undefined in a step of float32. */
  readonly bfloat16: ProductShare | undefined;
  /** Whose code made an operation of the function; undefined if unknown. */
  placeOf(node: string): Place | undefined;
}

/**
 * The effects of a run of the step's JavaScript besides its result. A recording with such effects can be used only
 * for that run.
 */
export interface Leavings {
  /** Kept tensors that have no value yet. They get the function's last outputs. */
  readonly kept: readonly object[];
  /** The numbers of tensors from before that the step disposed. They are deleted after the call. */
  readonly released: readonly number[];
  /** The first kept tensor, whether its value is known or not. */
  readonly first?: KeptTensor;
  /** Whose own numbers or strings the step changed. */
  readonly changed?: ChangedValues;
}

export interface KeptTensor {
  readonly shape: readonly number[];
  readonly place?: Place | undefined;
}

/** Whether a replay would leave out effects of the step's JavaScript. */
export const leavesSomething = ({ leavings }: Pick<Recording, 'leavings'>): boolean =>
  leavings.first !== undefined || leavings.changed !== undefined || leavings.released.length > 0;
