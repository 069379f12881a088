import * as tf from '@tensorflow/tfjs-core';
import type { Place, Tracer } from './trace.ts';

/** Variables into which the step copies its tensors. A recorded step writes them too. */
export interface Slots {
  write(place: Omit<Place, 'step'>, tensor: tf.Tensor): void;
  /** Slots for another batch shape keep their old values. In equal runs these are equal too. */
  trace(step: number, tracer: Tracer): Promise<void>;
  dispose(): void;
}

interface Slot {
  readonly place: Omit<Place, 'step'>;
  readonly variable: tf.Variable;
}

export function createSlots(): Slots {
  const slots = new Map<string, Slot>();
  return {
    write(place, tensor) {
      const key = [place.plugin, place.hook, place.tensor, tensor.dtype, tensor.shape].join(':');
      const slot = slots.get(key) ?? { place, variable: emptyVariable(tensor) };
      slots.set(key, slot);
      slot.variable.assign(tensor);
    },
    async trace(step, tracer) {
      for (const { place, variable } of slots.values()) await tracer.seeTensor({ ...place, step }, variable);
    },
    dispose() {
      for (const { variable } of slots.values()) variable.dispose();
      slots.clear();
    },
  };
}

/** The first value is a constant, so the variable can be made while a step is recorded. */
function emptyVariable({ shape, dtype }: tf.Tensor): tf.Variable {
  return tf.tidy(() => tf.variable(tf.zeros(shape, dtype), false));
}
