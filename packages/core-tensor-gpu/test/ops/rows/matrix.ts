import * as tf from '@tensorflow/tfjs-core';
import { any, distinct, type OpRow, row } from './op-row.ts';

const products: readonly (readonly [a: number[], b: number[], turnA: boolean, turnB: boolean])[] = [
  [[2, 3], [3, 4], false, false],
  [[3, 2], [3, 4], true, false],
  [[2, 3], [4, 3], false, true],
  [[3, 2], [4, 3], true, true],
  [[2, 3, 2], [2, 2, 4], false, false],
  [[2, 2, 3], [2, 4, 2], true, true],
  [[3, 2], [2, 2, 4], false, false],
  [[2, 1, 2, 3], [1, 3, 3, 2], false, false],
  [[2, 3, 2], [1, 4, 2], false, true],
  [[0, 3], [3, 2], false, false],
  [[2, 0], [0, 3], false, false],
];

const equations: readonly (readonly [equation: string, ...shapes: number[][]])[] = [
  ['ij,jk->ik', [2, 3], [3, 4]],
  ['ij,ij->', [2, 3], [2, 3]],
  ['ij,ij->i', [2, 3], [2, 3]],
  ['ij,kj->ki', [2, 3], [4, 3]],
  ['bij,bjk->bik', [2, 2, 3], [2, 3, 2]],
  ['bqhd,bkhd->bhqk', [2, 2, 3, 2], [2, 3, 3, 2]],
  ['i,j->ij', [2], [3]],
  ['ij->ji', [2, 3]],
  ['ij->', [2, 3]],
  ['ijk->k', [2, 3, 2]],
  ['ij,k->jk', [2, 3], [2]],
  ['abc,cd->ad', [2, 3, 2], [2, 3]],
  ['ij,->ij', [2, 3], []],
];

/** What TensorFlow takes and the other devices refuse. */
const wider: readonly (readonly [equation: string, ...shapes: number[][]])[] = [
  ['...ij,...jk->...ik', [2, 3, 2, 3], [2, 3, 3, 2]],
  ['...ij,jk->...ik', [3, 2, 3], [3, 2]],
  ['...i->...', [2, 3]],
  ['ii->i', [3, 3]],
  ['ii->', [3, 3]],
  ['iij->j', [2, 2, 3]],
  ['iij,jk->ik', [2, 2, 3], [3, 2]],
];

const einsumRow =
  (absentOn: OpRow['absentOn']) =>
  ([equation, ...shapes]: readonly [string, ...number[][]]): OpRow =>
    row(
      'Einsum',
      `einsum ${equation}`,
      shapes.map((shape) => any(...shape)),
      (...x) => tf.einsum(equation, ...x),
      absentOn ? { absentOn } : {},
    );

export const matrixRows: readonly OpRow[] = [
  ...products.map(([a, b, turnA, turnB]) =>
    row(
      'BatchMatMul',
      `matMul of [${a}]${turnA ? ' turned' : ''} and [${b}]${turnB ? ' turned' : ''}`,
      [any(...a), any(...b)],
      (x, y) => tf.matMul(x, y, turnA, turnB),
    ),
  ),
  ...equations.map(einsumRow(undefined)),
  ...wider.map(einsumRow(['wasm', 'cpu'])),
  row('BatchMatMul', 'dot', [any(2, 3), any(3)], (a, b) => tf.dot(a, b)),
  row('BatchMatMul', 'outerProduct', [any(2), any(3)], (a, b) =>
    tf.outerProduct(a as tf.Tensor1D, b as tf.Tensor1D),
  ),
  row(
    'BatchMatMul',
    'fused.matMul with a bias',
    [any(3, 2), any(2, 4), any(4)],
    (a, b, bias) => tf.fused.matMul({ a, b, bias, activation: 'sigmoid' }),
    { onlyOnce: true },
  ),
  row('Diag', 'diag', [any(3)], (x) => tf.diag(x)),
  row('Diag', 'diag of a matrix', [any(2, 2)], (x) => tf.diag(x)),
  row('Select', 'linalg.bandPart', [any(2, 4, 3)], (x) => tf.linalg.bandPart(x, 1, 0)),
  row('BatchMatMul', 'linalg.gramSchmidt', [distinct(2, 3)], (x) => tf.linalg.gramSchmidt(x as tf.Tensor2D), {
    tolerance: 1e-2,
    onlyOnce: true,
  }),
  row(
    'BatchMatMul',
    'basicLSTMCell',
    [any(2, 3), any(2, 2), any(2, 2), any(5, 8), any(8)],
    (x, c, h, kernel, bias) => [
      ...tf.basicLSTMCell(
        tf.scalar(1),
        kernel as tf.Tensor2D,
        bias as tf.Tensor1D,
        x as tf.Tensor2D,
        c as tf.Tensor2D,
        h as tf.Tensor2D,
      ),
    ],
  ),
];
