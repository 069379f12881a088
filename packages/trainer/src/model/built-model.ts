import type * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { OwnValues } from '@cantrip/core-tensor-gpu';
import type { NamedTensors, NamedVariables } from '@cantrip/optimizers';
import type { Tensors } from '../contract/batch.ts';
import type { ModelContext, ModelFunction } from '../contract/run.ts';
import type { Endings } from '@cantrip/plugin-kit';
import type { StepContext } from '../contract/step-context.ts';

/** What a pass of the model receives. */
export interface PassContext extends ModelContext {
  /** For the wraps of plugins around layers. Its streams are not those of the model. */
  readonly step: Pick<StepContext, 'random' | 'scalars' | 'scalar'>;
}

/** A model in the form that the step uses, whether it is a LayersModel or a function. */
export interface BuiltModel {
  readonly source: LayersModel | ModelFunction;
  readonly variables: NamedVariables;
  /**
   * The names of the variables without the number that makes them unique. Only variables with such a number are
   * listed.
   */
  readonly roles: Readonly<Record<string, string>>;
  trainable(): NamedVariables;
  /**
   * A text that changes when a variable is replaced, or a wrap of a layer added or removed. A recording of the old
   * model is then not used.
   */
  identity(): string;
  call(inputs: Tensors, context: PassContext): Tensors;
  /** The values that regularizers add to the loss. */
  penalties(): readonly tf.Scalar[];
  /** Applies the constraints of layers, e.g. a maximum norm. Called after each call of the optimizer's `apply`. */
  constrain(): void;
  /** Called at the end of each batch. Frees what layers kept for it. */
  endStep(): void;
  /** Makes layers train with fused ops. Returns a function that undoes it. */
  fuse(): () => void;
  /** Repairs layers that tfjs-layers cannot train. Returns a function that undoes it. */
  repair(): () => void;
  /** Makes dropout and noise layers draw from the context's streams in training. Returns a function that undoes it. */
  seedLayers(): () => void;
  /** Makes errors name the layer they come from. Returns a function that undoes it. */
  watchLayers(): () => void;
  /** The states that stateful layers keep between two batches, by name. */
  states(): NamedTensors;
  /** Sets all these states to copies of the given ones. */
  setStates(states: NamedTensors): void;
  /** The plain values that the layers store in their own properties. */
  ownValues(): readonly OwnValues[];
  /** The shapes of the outputs by name, if they are known without a call; -1 stands for the batch. */
  readonly outputShapes?: Readonly<Record<string, readonly number[]>>;
  /** The last layer and activation of each output, if known. */
  readonly endings?: Endings;
  /** The shapes of the inputs, in the same form. */
  readonly inputShapes?: Readonly<Record<string, readonly number[]>>;
}
