import * as tf from '@tensorflow/tfjs-core';
import type { HostBatch, HostTensor, HostTensors } from '@cantrip/core-tensor-gpu';
import { CantripError, describe } from '@cantrip/errors';
import { signatureOf } from '../model/tensor-trees.ts';
import type { Batch, Tensors } from '../plugins/plugin.ts';

/** What stands for one tensor, on the host or on the device, or several by name. */
export type Given = HostTensors | Tensors;

/** A batch that is fit to be fed: checked, and still where it was. */
export interface PreparedBatch {
  readonly inputs: Given;
  readonly targets: Given;
  /** Examples; fewer than the rows where rows at the end only fill the batch up. */
  readonly size: number;
  /** Shapes and dtypes of inputs and targets: equal ones give equal text. */
  readonly signature: string;
}

/**
 * Checks a batch's form and sizes. Bytes that are targets become int32, for they are class indices.
 *
 * @throws CantripError DATA_EMPTY, SHAPE_MISMATCH or OPTION_INVALID
 */
export function prepareBatch(given: HostBatch | Batch): PreparedBatch {
  if (typeof given !== 'object' || given === null || !('inputs' in given) || !('targets' in given)) {
    throw new CantripError('OPTION_INVALID', {
      who: 'trainer',
      what: `a batch must be { inputs, targets }, got ${describe(given)}`,
      fix: 'Yield { inputs, targets } from batches()',
    });
  }
  const { inputs } = given;
  const targets = mapGiven(given.targets, indicesFromBytes);
  const rows = leadingSize(inputs);
  checkSizes(rows, [...entriesOfGiven(inputs), ...entriesOfGiven(targets)]);
  const size = 'size' in given ? checkExamples(given.size, rows) : rows;
  const signature = [
    signatureOf('inputs', entriesOfGiven(inputs)),
    signatureOf('targets', entriesOfGiven(targets)),
  ].join(' ');
  return { inputs, targets, size, signature };
}

/** The parts by name; a single one has the name `''`. */
export function entriesOfGiven(given: Given): readonly (readonly [string, HostTensor | tf.Tensor])[] {
  if (isOne(given)) return [['', given]];
  return Object.entries(given as Record<string, HostTensor | tf.Tensor>);
}

export function isHostTensor(value: Given): value is HostTensor {
  return ArrayBuffer.isView((value as HostTensor).values);
}

function isOne(given: Given): given is HostTensor | tf.Tensor {
  return given instanceof tf.Tensor || isHostTensor(given);
}

function mapGiven(given: Given, change: (one: HostTensor | tf.Tensor) => HostTensor | tf.Tensor): Given {
  if (isOne(given)) return change(given);
  return Object.fromEntries(entriesOfGiven(given).map(([name, one]) => [name, change(one)])) as Given;
}

function leadingSize(given: Given): number {
  return entriesOfGiven(given)[0]?.[1].shape[0] ?? 0;
}

function indicesFromBytes(one: HostTensor | tf.Tensor): HostTensor | tf.Tensor {
  if (one instanceof tf.Tensor || !(one.values instanceof Uint8Array) || one.normalization) return one;
  return { values: Int32Array.from(one.values), shape: one.shape };
}

function checkExamples(size: unknown, rows: number): number {
  if (Number.isInteger(size) && (size as number) >= 1 && (size as number) <= rows) return size as number;
  throw new CantripError('SHAPE_MISMATCH', {
    who: 'trainer',
    what: `a batch says that it holds ${describe(size)} examples, but it has ${rows} rows`,
    fix: 'Give its size as a whole number: as many as there are rows, or fewer where the last ones only fill it up',
  });
}

function checkSizes(size: number, entries: readonly (readonly [string, HostTensor | tf.Tensor])[]): void {
  if (size === 0) {
    throw new CantripError('DATA_EMPTY', {
      who: 'trainer',
      what: 'got a batch without any example',
      fix: 'Leave empty batches out',
    });
  }
  for (const [name, { shape }] of entries) {
    if (shape[0] === size) continue;
    throw new CantripError('SHAPE_MISMATCH', {
      who: 'trainer',
      what: `a batch holds ${size} inputs, but ${name || 'targets'} has shape [${shape.join(', ')}]`,
      fix: 'Give every tensor of a batch the same first axis',
    });
  }
}
