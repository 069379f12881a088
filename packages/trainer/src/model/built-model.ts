import type * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { OwnValues } from '@cantrip/core-tensor-gpu';
import type { NamedTensors, NamedVariables } from '@cantrip/optimizers';
import type { Tensors } from '../contract/batch.ts';
import type { ModelContext, ModelFunction } from '../contract/run.ts';
import type { Endings } from './endings.ts';

/** A model as the step sees it, whatever it was made of. */
export interface BuiltModel {
  readonly source: LayersModel | ModelFunction;
  readonly variables: NamedVariables;
  /** The names of the variables without the numbers that make them unique; only of those that have one. */
  readonly roles: Readonly<Record<string, string>>;
  trainable(): NamedVariables;
  /** Changes when another variable takes the place of one, so that what was recorded with the old one is not used. */
  identity(): string;
  call(inputs: Tensors, context: ModelContext): Tensors;
  /** What regularizers add to the loss. */
  penalties(): readonly tf.Scalar[];
  /** After each update: what layers demand of their weights, e.g. a maximum norm; and frees what they kept for it. */
  endStep(): void;
  /** Lets layers train with fused ops; returns how to undo it. */
  fuse(): () => void;
  /** Lets layers train that tfjs-layers refuses in training; returns how to undo it. */
  repair(): () => void;
  /** Lets dropout and noise layers draw from the context's streams in training; returns how to undo it. */
  seedLayers(): () => void;
  /** Lets messages say which layer they are about; returns how to undo it. */
  watchLayers(): () => void;
  /** What stateful layers hold between two batches, by name. */
  states(): NamedTensors;
  /** Gives them copies of these, of all names. */
  setStates(states: NamedTensors): void;
  /** Plain values that its layers keep on themselves. */
  ownValues(): readonly OwnValues[];
  /** Shapes of the outputs by name, where they are known without a call; -1 stands for the batch. */
  readonly outputShapes?: Readonly<Record<string, readonly number[]>>;
  /** What the outputs have been through last, where that is known. */
  readonly endings?: Endings;
  /** Shapes of the inputs likewise. */
  readonly inputShapes?: Readonly<Record<string, readonly number[]>>;
}
