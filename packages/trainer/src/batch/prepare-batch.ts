import * as tf from '@tensorflow/tfjs-core';
import type { HostBatch, HostTensor, HostTensors } from '@cantrip/ops';
import { CantripError, describe } from '@cantrip/errors';
import { entriesOfTensors, mapTensors } from '@cantrip/plugin-kit';
import { signatureOf } from '../contract/tensor-trees.ts';
import type { Batch, Tensors } from '../contract/batch.ts';
import { checkBatchForm, checkHostWeights } from './check-batch-form.ts';

/** One tensor or several by name, on the host or on the device. */
export type BatchPart = HostTensors | Tensors;
/** One tensor of it. */
export type OnePart = HostTensor | tf.Tensor;

/** A batch after its checks. Its tensors are still where they were, on the host or on the device. */
export interface PreparedBatch {
  readonly inputs: BatchPart;
  readonly targets: BatchPart;
  readonly weights?: BatchPart | undefined;
  /** The number of examples. It is smaller than the number of rows if the last rows are padding. */
  readonly size: number;
  /** Shapes and dtypes of inputs, targets and weights as a text. Equal texts mean equal shapes and dtypes. */
  readonly signature: string;
}

/**
 * Checks the fields and sizes of a batch. Targets that are bytes become int32, because they are class indices.
 *
 * @throws CantripError DATA_EMPTY, SHAPE_MISMATCH, DTYPE_MISMATCH or OPTION_INVALID
 */
export function prepareBatch(given: HostBatch | Batch): PreparedBatch {
  checkBatchForm(given);
  const { inputs } = given;
  const targets = mapTensors<OnePart, OnePart>(given.targets, indicesFromBytes) as BatchPart;
  const weights = given.weights as BatchPart | undefined;
  const parts: Named[] = [
    ['inputs', inputs],
    ['targets', targets],
  ];
  if (weights !== undefined) parts.push(['weights', weights]);
  const rows = leadingSize(inputs);
  checkSizes(rows, parts);
  if (weights !== undefined) checkHostWeights(entriesOfTensors<OnePart>(weights));
  const size = 'size' in given && given.size !== undefined ? checkExamples(given.size, rows) : rows;
  const signature = parts
    .map(([label, part]) => signatureOf(label, entriesOfTensors<OnePart>(part)))
    .join(' ');
  return { inputs, targets, ...(weights === undefined ? {} : { weights }), size, signature };
}

/** The parts of a batch that are fed to the step. */
export function fedParts({
  inputs,
  targets,
  weights,
}: Pick<PreparedBatch, 'inputs' | 'targets' | 'weights'>): {
  readonly inputs: BatchPart;
  readonly targets: BatchPart;
  readonly weights?: BatchPart;
} {
  return { inputs, targets, ...(weights === undefined ? {} : { weights }) };
}

function leadingSize(given: BatchPart): number {
  return entriesOfTensors<OnePart>(given)[0]?.[1].shape[0] ?? 0;
}

function indicesFromBytes(one: HostTensor | tf.Tensor): HostTensor | tf.Tensor {
  if (one instanceof tf.Tensor || !(one.values instanceof Uint8Array) || one.normalization) return one;
  return { values: Int32Array.from(one.values), shape: one.shape };
}

function checkExamples(size: unknown, rows: number): number {
  if (Number.isInteger(size) && (size as number) >= 1 && (size as number) <= rows) return size as number;
  throw new CantripError('SHAPE_MISMATCH', {
    who: 'trainer',
    what: `size of a batch must be an integer from 1 to its number of rows, ${rows}, got ${describe(size)}`,
    fix: 'Set size to the number of rows, or to a smaller number if the last rows are padding',
  });
}

type Named = readonly [label: string, part: BatchPart];

function checkSizes(size: number, parts: readonly Named[]): void {
  if (size === 0) {
    throw new CantripError('DATA_EMPTY', {
      who: 'trainer',
      what: 'a batch must hold at least one example, got none',
      fix: 'Do not yield empty batches',
    });
  }
  for (const [label, part] of parts) {
    for (const [name, { shape }] of entriesOfTensors<OnePart>(part)) {
      if (shape[0] === size) continue;
      throw new CantripError('SHAPE_MISMATCH', {
        who: 'trainer',
        what: `a batch has ${size} examples in its inputs, but ${name || label} has shape [${shape.join(', ')}]`,
        fix: 'Make the first axis of every tensor of a batch the same size',
      });
    }
  }
}
