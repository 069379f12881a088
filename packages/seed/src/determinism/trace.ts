import type * as tf from '@tensorflow/tfjs-core';
import { digest } from './digest.ts';

/** The place in a run where a value was recorded. */
export interface Place {
  /** Counted from 0. */
  readonly step: number;
  /** E.g. `batch inputs`, `outputs`, `gradient of conv2d/kernel`, `conv2d/kernel`, `learningRate`. */
  readonly tensor: string;
  /** The hook after which it was recorded. */
  readonly hook: string;
  /** The plugin of that hook; undefined before any plugin could change the value. */
  readonly plugin: string | undefined;
}

/** The elements of a tensor. */
export type NumberArray = Float32Array | Float64Array | Int32Array | Uint8Array;

interface Seen {
  readonly place: Place;
  readonly digest: number;
  /** Stored only on request: the values of a whole run would fill the memory. */
  readonly values: NumberArray | undefined;
}

/** All recorded values of one run, in order. */
export interface Trace {
  readonly seed: number;
  readonly seen: readonly Seen[];
}

/** Records a {@link Trace}. */
export interface Tracer {
  see(place: Place, values: NumberArray): void;
  seeTensor(place: Place, tensor: tf.Tensor): Promise<void>;
  readonly seen: readonly Seen[];
}

/** @param keepStep - the step whose values are stored besides their hashes */
export function createTracer(keepStep?: number): Tracer {
  const seen: Seen[] = [];
  const see = (place: Place, values: NumberArray): void => {
    const kept = place.step === keepStep ? values.slice() : undefined;
    seen.push({ place, digest: digest(values), values: kept });
  };
  return {
    seen,
    see,
    seeTensor: async (place, tensor) => see(place, (await tensor.data()) as NumberArray),
  };
}

/** The first value in which two runs differ. */
export interface FirstDifference {
  readonly place: Place;
  /** The places recorded before it in the same step, equal in both runs. */
  readonly before: readonly Place[];
  readonly values: readonly [NumberArray, NumberArray] | undefined;
}

/** Compares two runs bit for bit. */
export function firstDifference(first: Trace, second: Trace): FirstDifference | undefined {
  const length = Math.max(first.seen.length, second.seen.length);
  for (let index = 0; index < length; index++) {
    const [a, b] = [first.seen[index], second.seen[index]];
    if (a && b && a.digest === b.digest && samePlace(a.place, b.place)) continue;
    const { place } = (a ?? b)!;
    const before = first.seen.slice(0, index).filter((earlier) => earlier.place.step === place.step);
    return {
      place,
      before: before.map((earlier) => earlier.place),
      values: a?.values && b?.values && samePlace(a.place, b.place) ? [a.values, b.values] : undefined,
    };
  }
  return undefined;
}

function samePlace(a: Place, b: Place): boolean {
  return a.step === b.step && a.tensor === b.tensor && a.hook === b.hook && a.plugin === b.plugin;
}
