import * as tf from '@tensorflow/tfjs-core';
import { disposeSpent, lend } from '../batch/spent-batches.ts';
import { tensorsIn } from './read-element.ts';

/** A `tf.data` dataset, or any iterable of `{ xs, ys }`. */
export type TfDataset =
  | { readonly size?: number | null; iterator(): Promise<Elements> }
  | { readonly size?: number | null; [Symbol.asyncIterator](): Elements };

interface Elements {
  next(): Promise<IteratorResult<unknown>>;
  return?(value: never): unknown;
}

/** The number of the next tensor. TensorFlow.js numbers tensors in the order of their creation. */
function nextTensorId(): number {
  const marker = tf.scalar(0);
  marker.dispose();
  return marker.id + 1;
}

export interface Walk {
  /** Returns the next element, or undefined at the end. */
  next(): Promise<{ readonly value: unknown } | undefined>;
  restart(): void;
  /** Whether the next element is the first of the dataset. */
  fresh(): boolean;
  /** Whether the dataset created this tensor since the walk began, and nobody keeps it. */
  isOurs(tensor: tf.Tensor): boolean;
  /** Moves to the element with this number, counted from 0 over all epochs. */
  to(wanted: number, size: number | null | undefined): Promise<void>;
}

/** Walks through a dataset again and again. */
export function createWalk(dataset: TfDataset): Walk {
  let elements: Elements | undefined;
  let place = 0;
  let firstId = 0;
  const begin = async (): Promise<Elements> =>
    'iterator' in dataset ? dataset.iterator() : dataset[Symbol.asyncIterator]();
  async function next(): Promise<{ value: unknown } | undefined> {
    if (!elements) {
      firstId = nextTensorId();
      elements = await begin();
    }
    const result = await elements.next();
    if (result.done) return undefined;
    place += 1;
    return { value: result.value };
  }
  const restart = (): void => {
    elements = undefined;
  };
  const isOurs = (tensor: tf.Tensor): boolean =>
    tensor.id >= firstId && !tensor.kept && !(tensor instanceof tf.Variable);
  return {
    next,
    restart,
    isOurs,
    fresh: () => elements === undefined,
    async to(wanted: number, size: number | null | undefined): Promise<void> {
      const stands = elements !== undefined && place === wanted;
      if (stands && wanted > 0) return;
      await elements?.return?.(undefined as never);
      restart();
      const known = typeof size === 'number' && Number.isFinite(size) && size > 0;
      const skipped = known ? wanted % size : wanted;
      // A seeded dataset has another order in each walk. So the walks of earlier epochs begin, but nothing is read.
      for (let walks = known ? Math.floor(wanted / size) : 0; walks > 0; walks--)
        await (await begin()).return?.(undefined as never);
      let behind: object | undefined;
      for (let left = skipped; left > 0; left--) {
        const element = await next();
        if (!element) break;
        const read = lend({}, tensorsIn(element.value).filter(isOurs));
        disposeSpent(behind);
        behind = read;
      }
      disposeSpent(behind);
      place = wanted;
    },
  };
}
