import * as tf from '@tensorflow/tfjs-core';
import type { BuiltModel } from '../model/built-model.ts';

/** The states of stateful layers at one moment, by reference; nothing is copied. */
export interface StatesBefore {
  /** Restores these states if a layer has changed its state since. */
  takeBack(): void;
  /** Frees the states. */
  drop(): void;
}

/** Keeps the states between two steps, for the case that a step fails after a stateful layer was called. */
export function statesBefore(model: BuiltModel): StatesBefore {
  const held = Object.entries(model.states()).map(
    ([name, state]) => [name, tf.keep(tf.clone(state))] as const,
  );
  return {
    takeBack() {
      if (held.length > 0) model.setStates(Object.fromEntries(held));
    },
    drop: () => tf.dispose(held.map(([, state]) => state)),
  };
}
