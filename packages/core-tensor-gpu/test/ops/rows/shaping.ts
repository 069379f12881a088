import * as tf from '@tensorflow/tfjs-core';
import { any, type OpRow, row } from './op-row.ts';

const repetitions: readonly (readonly [shape: number[], reps: number[]])[] = [
  [[3], [2]],
  [
    [2, 3],
    [3, 2],
  ],
  [
    [2, 1, 3],
    [1, 4, 2],
  ],
  [
    [2, 1, 2, 1],
    [1, 3, 2, 2],
  ],
  [
    [2, 1, 2, 1, 2],
    [2, 3, 1, 2, 1],
  ],
  [
    [2, 3],
    [0, 2],
  ],
];

export const shapingRows: readonly OpRow[] = [
  ...repetitions.map(([shape, reps]) =>
    row('Tile', `tile of [${shape}] by [${reps}]`, [any(...shape)], (x) => tf.tile(x, reps)),
  ),
  row('Tile', 'broadcastTo', [any(3, 1)], (x) => tf.broadcastTo(x, [2, 3, 4])),
  row('BroadcastTo', 'broadcastTo of five axes', [any(2, 1, 1, 3, 1)], (x) =>
    tf.broadcastTo(x, [2, 2, 3, 3, 2]),
  ),
  row('Concat', 'concat of two along a negative axis', [any(2, 3), any(2, 1)], (a, b) =>
    tf.concat([a, b], -1),
  ),
  row('Concat', 'concat with nothing', [any(2, 3), any(0, 3)], (a, b) => tf.concat([a, b], 0)),
  row('Concat', 'concat of one twice', [any(2, 3)], (a) => tf.concat([a, a], 1)),
  row('ExpandDims', 'expandDims', [any(2, 3)], (x) => tf.expandDims(x, -1)),
  row('Reshape', 'reshape and squeeze', [any(2, 1, 3)], (x) => tf.reshape(tf.squeeze(x, [1]), [3, -1])),
  row('Transpose', 'transpose', [any(2, 3, 4)], (x) => tf.transpose(x, [2, 0, 1])),
  row('Transpose', 'transpose of five axes', [any(2, 1, 3, 2, 2)], (x) => tf.transpose(x, [4, 2, 0, 3, 1])),
  row('Reverse', 'reverse of all', [any(2, 3)], (x) => tf.reverse(x)),
  row('Reverse', 'reverse of a negative axis', [any(2, 3, 2)], (x) => tf.reverse(x, [-1, 0])),
  row('Pack', 'stack along a negative axis', [any(2, 3), any(2, 3)], (a, b) => tf.stack([a, b], -1)),
  row('Pack', 'stack of one', [any(2, 3)], (a) => tf.stack([a], 1)),
  row('Unpack', 'unstack', [any(3, 2)], (x) => tf.unstack(x, -1).map((part, i) => tf.mul(part, i + 1))),
  row('Unpack', 'unstack of one', [any(3, 1)], (x) => tf.unstack(x, 1)),
  row('Unpack', 'one of what was unstacked', [any(3, 2)], (x) => tf.unstack(x)[1]!),
  row('SplitV', 'split', [any(2, 6)], (x) => tf.split(x, 3, -1).map((part, i) => tf.mul(part, i + 1))),
  row('SplitV', 'split into unlike parts', [any(6, 2)], (x) => tf.split(x, [1, -1, 2], 0)),
  row('SplitV', 'split into one', [any(2, 3)], (x) => tf.split(x, 1, 1)),
  row('PadV2', 'pad', [any(2, 3)], (x) =>
    tf.pad(
      x,
      [
        [1, 0],
        [0, 2],
      ],
      0.5,
    ),
  ),
  row('PadV2', 'pad of five axes', [any(1, 2, 1, 2, 2)], (x) =>
    tf.pad(x, [
      [0, 0],
      [1, 1],
      [0, 1],
      [0, 0],
      [2, 0],
    ]),
  ),
  ...(['reflect', 'symmetric'] as const).flatMap((mode) => [
    row('MirrorPad', `mirrorPad, ${mode}`, [any(3, 4)], (x) =>
      tf.mirrorPad(
        x,
        [
          [1, 2],
          [0, 3],
        ],
        mode,
      ),
    ),
    row('MirrorPad', `mirrorPad of images, ${mode}`, [any(2, 3, 3, 2)], (x) =>
      tf.mirrorPad(
        x,
        [
          [0, 0],
          [2, 2],
          [1, 0],
          [0, 0],
        ],
        mode,
      ),
    ),
    row('MirrorPad', `mirrorPad of a row, ${mode}`, [any(4)], (x) => tf.mirrorPad(x, [[3, 3]], mode)),
  ]),
  row('Slice', 'slice', [any(3, 4)], (x) => tf.slice(x, [1, 0], [-1, 2])),
  row('Slice', 'slice of nothing', [any(3, 4)], (x) => [tf.slice(x, [1, 0], [0, 2]), x]),
  row('Slice', 'slice of five axes', [any(2, 1, 3, 2, 2)], (x) =>
    tf.slice(x, [1, 0, 1, 0, 1], [1, 1, 2, 2, 1]),
  ),
  row('SpaceToBatchND', 'spaceToBatchND', [any(2, 3, 4, 1)], (x) =>
    tf.spaceToBatchND(
      x,
      [2, 2],
      [
        [0, 1],
        [1, 1],
      ],
    ),
  ),
  row('BatchToSpaceND', 'batchToSpaceND', [any(8, 2, 1, 2)], (x) =>
    tf.batchToSpaceND(
      x,
      [2, 2],
      [
        [0, 1],
        [1, 0],
      ],
    ),
  ),
  row('DepthToSpace', 'depthToSpace', [any(2, 2, 3, 12)], (x) => tf.depthToSpace(x as tf.Tensor4D, 2)),
  row('DepthToSpace', 'depthToSpace by 3', [any(1, 2, 1, 9)], (x) => tf.depthToSpace(x as tf.Tensor4D, 3)),
  row(
    'DepthToSpace',
    'depthToSpace, channels first',
    [any(2, 8, 2, 3)],
    (x) => tf.depthToSpace(x as tf.Tensor4D, 2, 'NCHW'),
    { absentOn: ['tensorflow', 'cpu'] },
  ),
  row('Reshape', 'signal.frame', [any(7)], (x) => tf.signal.frame(x as tf.Tensor1D, 3, 2)),
  row('Identity', 'meshgrid', [any(2), any(3)], (a, b) => tf.meshgrid(a, b)),
];
