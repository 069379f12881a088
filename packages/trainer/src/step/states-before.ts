import * as tf from '@tensorflow/tfjs-core';
import type { BuiltModel } from '../model/built-model.ts';

/** What stateful layers held at one moment, by reference: nothing is copied. */
export interface StatesBefore {
  /** Gives the layers that back, where any has gone on since. */
  takeBack(): void;
  /** Frees it. */
  drop(): void;
}

/** Of a run between two steps, for a step that fails after a stateful layer was called. */
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
