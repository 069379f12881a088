import type { layers } from '@tensorflow/tfjs-layers';

/** How many readings of `weights` are under way. */
let orderings = 0;

/** Whether someone asks for the order of a model's weights, to which frozen variables do not count as frozen. */
export function isOrdering(): boolean {
  return orderings > 0;
}

interface Kept {
  holders: number;
  readonly before: PropertyDescriptor;
}

const keptOf = new WeakMap<object, Kept>();

/**
 * Keeps `weights` of the layer or model, and of every other of its kind, in the order that it has while nothing is
 * frozen.
 *
 * TensorFlow.js lists the weights that train first, then the others, and goes by that list in `getWeights`, `setWeights`
 * and `save`: weights from before a freeze would be set into others by shape. The list belongs to the class, because a
 * model that holds this one, now or later, lists its weights too.
 *
 * @returns how to end it
 */
export function keepWeightOrder(layer: layers.Layer): () => void {
  const owners = ownersOfWeights(layer);
  owners.forEach(hold);
  return () => owners.splice(0).forEach(release);
}

/** The classes of a layer that say what its weights are; what they say is said by the nearest. */
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
