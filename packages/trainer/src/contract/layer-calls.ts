import type { Tensor } from '@tensorflow/tfjs-core';
import type { StepContext } from './step-context.ts';

/** What a layer takes or returns: one tensor, or several in a list. */
export type LayerTensors = Tensor | readonly Tensor[];

/** Calls the layer, or the wrap inside. Without an argument it uses the same inputs. */
export type NextCall = (inputs?: LayerTensors) => LayerTensors;

/** What a wrap of a layer's call receives. */
export interface CallContext extends Pick<StepContext, 'random' | 'scalars' | 'scalar'> {
  /** Whether this is a pass of a training step. In evaluation and prediction there are no scalars. */
  readonly training: boolean;
}

/**
 * Runs around a layer's call, and returns what `next` returns, changed or not. It is part of the step: it is
 * synchronous and must not read a tensor's value.
 */
export type LayerWrap = (next: NextCall, inputs: LayerTensors, context: CallContext) => LayerTensors;
