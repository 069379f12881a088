import type * as tf from '@tensorflow/tfjs-core';
import type { CapturedFunction } from './graph/captured-function.ts';
import type { ChangedValues, Place } from './host/own-values.ts';
import type { Tree } from './trees/trees.ts';

/** What one argument of the function is at each call. */
export type RecordedInput =
  | { readonly feed: number }
  | { readonly variable: tf.Variable; readonly changes: boolean }
  /** A tensor from before the recording, which must stay; its number finds it where the step itself let it go. */
  | { readonly dataId: object; readonly id: number };

/** A step as a function, which gives its results and changes the variables that it assigns. */
export interface Recording {
  readonly fn: CapturedFunction;
  readonly inputs: readonly RecordedInput[];
  /** The step's result, with the number of the function's output in the place of each tensor. */
  readonly results: Tree<number>;
  /** Says what the function computes of its inputs. */
  readonly fingerprint: string;
  readonly leavings: Leavings;
  /** Whose code made an operation of the function, where that is known. */
  placeOf(node: string): Place | undefined;
}

/** What a run of the step's JavaScript left behind, so that its recording serves for that one run alone. */
export interface Leavings {
  /** Tensors that it kept and that have no value yet: they get the function's last outputs. */
  readonly kept: readonly object[];
  /** Numbers of tensors from before that it disposed of: they go after the call. */
  readonly released: readonly number[];
  /** The first tensor that it kept, whether its value is known or not. */
  readonly first?: KeptTensor;
  /** Whose numbers or texts of its own it changed. */
  readonly changed?: ChangedValues;
}

export interface KeptTensor {
  readonly shape: readonly number[];
  readonly place?: Place | undefined;
}

/** Whether a replay would leave out what the step's JavaScript did beside its result. */
export const leavesSomething = ({ leavings }: Pick<Recording, 'leavings'>): boolean =>
  leavings.first !== undefined || leavings.changed !== undefined || leavings.released.length > 0;
