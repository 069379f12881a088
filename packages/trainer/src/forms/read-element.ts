import type { HostTensors } from '@cantrip/ops';
import { CantripError } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import type { Batch, Tensors } from '../contract/batch.ts';
import { lend } from '../batch/spent-batches.ts';
import { hostTensorsOf, isNamed, type NamedValues } from './examples.ts';
import { disposed, hostTensorOf, type Side, type TensorValues } from './host-values.ts';

/** Converts an element of a dataset to a batch. Tensors that it creates are added to `made`. */
export type ReadElement = (who: string, element: unknown, made: tf.Tensor[]) => Promise<Batch>;

/** Converts an element to a batch, and marks the tensors to free after it. */
export async function readAndLend(
  read: ReadElement,
  ...[who, element, made]: Parameters<ReadElement>
): Promise<Batch> {
  try {
    return lend(await read(who, element, made), made);
  } catch (error) {
    tf.dispose(made);
    throw error;
  }
}

/** Reads `{ xs, ys }` or `{ inputs, targets }`. */
export const readBatch: ReadElement = async (who, element, made) => {
  const { xs, ys, inputs = xs, targets = ys, weights } = fieldsOf(who, element);
  return {
    inputs: await valuesOf(who, 'inputs', inputs, made),
    targets: await valuesOf(who, 'targets', targets, made),
    ...(weights !== undefined && { weights: await valuesOf(who, 'weights', weights, made) }),
  } as Batch;
};

/** Reads only the inputs. An element may be the inputs themselves. */
export const readInputs: ReadElement = async (who, element, made) => {
  const { xs = element, inputs = xs } =
    isTensor(element) || Array.isArray(element) ? {} : fieldsOf(who, element);
  return { inputs: await valuesOf(who, 'inputs', inputs, made), targets: {} } as Batch;
};

const fields = ['xs', 'ys', 'inputs', 'targets', 'weights'];

function fieldsOf(who: string, element: unknown): Readonly<Record<string, unknown>> {
  if (typeof element !== 'object' || element === null) return {};
  const unread = Object.keys(element).find((key) => !fields.includes(key));
  if (unread === undefined || Array.isArray(element)) return element as Readonly<Record<string, unknown>>;
  throw new CantripError('OPTION_INVALID', {
    who,
    what: `an element of the dataset has the unknown field ${unread}`,
    fix: 'Map the elements to { xs, ys }, or to { xs, ys, weights }',
  });
}

/** Tensors stay on the device; boolean tensors become float32. Other values become host tensors. */
async function valuesOf(
  who: string,
  side: Side,
  given: unknown,
  made: tf.Tensor[],
): Promise<Tensors | HostTensors> {
  if (isTensor(given)) return onDevice(who, side, given, made);
  if (given === undefined) throw noElement(who, side);
  const entries = isNamed(given) ? Object.entries(given) : [];
  if (!entries.some(([, one]) => isTensor(one))) {
    return hostTensorsOf(who, side, given as NamedValues);
  }
  const parts = entries.map(async ([name, one]) => {
    const path = `${side}.${name}`;
    const part = isTensor(one)
      ? onDevice(who, path, one, made)
      : await hostTensorOf(who, path, one as TensorValues, side);
    return [name, part] as const;
  });
  return Object.fromEntries(await Promise.all(parts)) as Tensors;
}

function onDevice(who: string, path: string, tensor: tf.Tensor, made: tf.Tensor[]): tf.Tensor {
  if (tensor.isDisposed) throw disposed(who, `${path} of an element of the dataset`);
  if (tensor.rank === 0) {
    throw new CantripError('SHAPE_MISMATCH', {
      who,
      what: `${path} of an element of the dataset must be a batch, got a single number`,
      fix: 'Batch the dataset: dataset.batch(32)',
    });
  }
  if (tensor.dtype !== 'bool') return tensor;
  const cast = tf.cast(tensor, 'float32');
  made.push(cast);
  return cast;
}

const isTensor = (value: unknown): value is tf.Tensor => value instanceof tf.Tensor;

/** All tensors in an element. */
export function tensorsIn(element: unknown): tf.Tensor[] {
  if (isTensor(element)) return [element];
  if (typeof element !== 'object' || element === null || ArrayBuffer.isView(element)) return [];
  return Object.values(element).flatMap(tensorsIn);
}

function noElement(who: string, side: string): CantripError {
  return new CantripError('OPTION_INVALID', {
    who,
    what: `an element of the dataset must be { xs, ys }, but it has no ${side === 'inputs' ? 'xs' : 'ys'}`,
    fix: 'Map the elements to { xs, ys }, then call dataset.batch(32)',
  });
}
