import type { layers } from '@tensorflow/tfjs-layers';

/** The number of reads of `weights` that are running now. */
let orderings = 0;

/** Whether the order of a model's weights is being read. For this order, frozen variables count as trainable. */
export function isOrdering(): boolean {
  return orderings > 0;
}

interface Kept {
  holders: number;
  readonly before: PropertyDescriptor;
}

const keptOf = new WeakMap<object, Kept>();

/**
 * Keeps the order of `weights` of a layer or model as if nothing were frozen. This applies to all layers of the same
 * class.
 *
 * TensorFlow.js lists trainable weights first, then the others. `getWeights`, `setWeights` and `save` use this list,
 * so weights saved before freezing would be set into the wrong variables. The order is kept for the class, because
 * models that contain this one list its weights too.
 *
 * @returns a function that ends it
 */
export function keepWeightOrder(layer: layers.Layer): () => void {
  const owners = ownersOfWeights(layer);
  owners.forEach(hold);
  return () => owners.splice(0).forEach(release);
}

/** The classes of a layer that define `weights`, the nearest first. */
function ownersOfWeights(layer: object): object[] {
  const owners: object[] = [];
  let prototype = Object.getPrototypeOf(layer) as object | null;
  for (; prototype; prototype = Object.getPrototypeOf(prototype) as object | null) {
    if (Object.getOwnPropertyDescriptor(prototype, 'weights')?.get) owners.push(prototype);
  }
  return owners;
}

function hold(owner: object): void {
  const kept = keptOf.get(owner) ?? keep(owner);
  kept.holders += 1;
  keptOf.set(owner, kept);
}

function keep(owner: object): Kept {
  const before = Object.getOwnPropertyDescriptor(owner, 'weights')!;
  Object.defineProperty(owner, 'weights', {
    ...before,
    get(this: layers.Layer) {
      orderings += 1;
      try {
        return before.get!.call(this) as unknown;
      } finally {
        orderings -= 1;
      }
    },
  });
  return { holders: 0, before };
}

function release(owner: object): void {
  const kept = keptOf.get(owner)!;
  kept.holders -= 1;
  if (kept.holders > 0) return;
  keptOf.delete(owner);
  Object.defineProperty(owner, 'weights', kept.before);
}
