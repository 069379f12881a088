import * as tf from '@tensorflow/tfjs-core';
import type { StockCall } from '../../stock/stock-backend.ts';

const these =
  (...keys: string[]) =>
  (): readonly string[] =>
    keys;
const every = ({ inputs }: StockCall): readonly string[] => Object.keys(inputs);

/** Kernels that move numbers to other places, and the inputs that they move. The others are indices. */
export const movedInputs: Readonly<Record<string, (call: StockCall) => readonly string[]>> = {
  [tf.BatchToSpaceND]: these('x'),
  [tf.Concat]: every,
  [tf.Diag]: these('x'),
  [tf.GatherNd]: these('params'),
  [tf.GatherV2]: these('x'),
  [tf.MirrorPad]: these('x'),
  [tf.Pack]: every,
  [tf.PadV2]: these('x'),
  [tf.ScatterNd]: these('updates'),
  [tf.SpaceToBatchND]: these('x'),
  [tf.SparseToDense]: these('sparseValues', 'defaultValue'),
  [tf.SplitV]: these('x'),
  [tf.TensorScatterUpdate]: these('tensor', 'updates'),
  [tf.Unpack]: these('value'),
};
