import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';

/** The part of `tf.data` (the namespace of `@tensorflow/tfjs-data`) that is used here. */
export interface TensorFlowData {
  readonly Dataset: { readonly prototype: object };
}

/** What `seedEverything`, `withSeed` and the plugin seed, besides `Math.random`. */
export interface SeedReach {
  /** `tf.data`, to also seed a `shuffle` that has no seed of its own. Without this, `shuffle` starts from the clock. */
  readonly data?: TensorFlowData | undefined;
}

type Shuffle = (this: unknown, bufferSize: number, seed?: string, ...rest: unknown[]) => unknown;

interface Patched {
  users: number;
  readonly original: PropertyDescriptor;
}

const patched = new WeakMap<object, Patched>();

/** What {@link isTensorFlowData} expects, for an error message. */
const dataExpected = "must be the module tf.data (import * as data from '@tensorflow/tfjs-data')";

/** Schema of `tf.data`. */
export const tensorFlowData: v.GenericSchema<TensorFlowData> = v.custom<TensorFlowData>(
  isTensorFlowData,
  dataExpected,
);

const reachSchema = v.strictObject({ data: v.optional(tensorFlowData) });

/**
 * Makes each `shuffle` of `tf.data` without a seed take one from `Math.random`, until the returned function is
 * called.
 */
export function seedShuffle(who: string, reach: SeedReach): () => void {
  const { data } = parseOptions(who, reachSchema, reach);
  if (data === undefined) return () => undefined;
  const { prototype } = data.Dataset;
  const patch = patched.get(prototype) ?? install(prototype);
  patch.users++;
  let undone = false;
  return () => {
    if (undone) return;
    undone = true;
    if (--patch.users > 0) return;
    Object.defineProperty(prototype, 'shuffle', patch.original);
    patched.delete(prototype);
  };
}

function install(prototype: object): Patched {
  const original = Object.getOwnPropertyDescriptor(prototype, 'shuffle')!;
  const shuffle = original.value as Shuffle;
  const seeded: Shuffle = function (bufferSize, seed, ...rest) {
    return shuffle.call(this, bufferSize, seed || String(Math.random()), ...rest);
  };
  Object.defineProperty(prototype, 'shuffle', { ...original, value: seeded });
  const patch = { users: 0, original };
  patched.set(prototype, patch);
  return patch;
}

/** Whether this is `tf.data`. */
function isTensorFlowData(data: unknown): data is TensorFlowData {
  const prototype: unknown = (data as TensorFlowData | null)?.Dataset?.prototype;
  return typeof prototype === 'object' && prototype !== null && Object.hasOwn(prototype, 'shuffle');
}
