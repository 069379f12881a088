import './software-adapter.ts';
import { presentDevices, tinyTrainer } from '@cantrip/testing';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { experimentalDeviceNames, openDevice } from '../../src/index.ts';

type Place = 'the host' | 'the GPU';

/** Integers that are on the host, or on the GPU alone. */
function whole(place: Place, values: number[], shape: number[]): tf.Tensor {
  const x = tf.tensor(values, shape, 'int32');
  if (place === 'the host') return x;
  // Too many to be computed on the host.
  const many = tf.add(tf.tile(tf.reshape(x, [1, -1]), [1000, 1]), tf.scalar(0, 'int32'));
  return tf.reshape(tf.slice(many, [0, 0], [1, x.size]), shape);
}

const outside = {
  gather: (i) => tf.gather(tf.ones([3, 2]), i([0, 3], [2])),
  'gather of integers': (i) => tf.gather(tf.ones([3, 2], 'int32'), i([0, 3], [2])),
  'gather at a negative index': (i) => tf.gather(tf.ones([3, 2]), i([-1, 2], [2])),
  'gather in batches': (i) => tf.gather(tf.ones([2, 2, 2]), i([1, 2, 1, 0], [2, 2]), 1, 1),
  gatherND: (i) => tf.gatherND(tf.ones([2, 2]), i([0, 1, 1, 2], [2, 2])),
  scatterND: (i) => tf.scatterND(i([0, 4], [2, 1]), tf.ones([2]), [4]),
  tensorScatterUpdate: (i) => tf.tensorScatterUpdate(tf.ones([4]), i([4], [1, 1]), tf.ones([1])),
  sparseToDense: (i) => tf.sparseToDense(i([1, 4], [2]), tf.ones([2]), [4]),
  'sparse.sparseSegmentSum': (i) => sparse(tf.sparse.sparseSegmentSum, i([0, 3], [2])),
  'sparse.sparseSegmentMean': (i) => sparse(tf.sparse.sparseSegmentMean, i([-1, 0], [2])),
} satisfies Record<string, (whole: (values: number[], shape: number[]) => tf.Tensor) => tf.Tensor>;

const sparse = (op: typeof tf.sparse.sparseSegmentSum, indices: tf.Tensor, segments = [0, 1]): tf.Tensor =>
  op(tf.ones([3, 2]) as tf.Tensor2D, indices as tf.Tensor1D, tf.tensor1d(segments, 'int32'));

describe.each(await presentDevices(experimentalDeviceNames))('on %s', (device) => {
  beforeAll(async () => void (await openDevice(device)));

  it.each(Object.entries(outside))('%s throws at once where the indices are on the host', (_, op) => {
    expect(() => op((values, shape) => whole('the host', values, shape))).toThrow('(INDEX_OUT_OF_RANGE)');
  });

  it.each(Object.entries(outside))(
    '%s makes the next read throw where the indices are on the GPU',
    async (_, op) => {
      tf.tidy(() => op((values, shape) => whole('the GPU', values, shape)));
      const sum = tf.matMul(tf.ones([64, 64]), tf.ones([64, 64]));
      await expect(sum.data()).rejects.toThrow('(INDEX_OUT_OF_RANGE)');
      expect((await sum.data())[0]).toBe(64);
    },
  );

  it('the error says which index, where it is, and the range', async () => {
    const indices = whole('the GPU', [0, 1, 7, 2], [2, 2]);
    await expect(tf.gather(tf.ones([3, 2]), indices).data()).rejects.toThrow(
      '[gather] index 7 at [1, 0] is not in [0, 3). Use integers in [0, 3), or a larger tensor (for an embedding: a larger inputDim; for a loss: as many logits as classes). (INDEX_OUT_OF_RANGE)',
    );
    const positions = whole('the GPU', [0, 1, 1, 2], [2, 2]);
    await expect(tf.gatherND(tf.ones([2, 2]), positions).data()).rejects.toThrow(
      '[gatherND] the position [1, 2] is not inside the shape [2, 2]. Use indices that are at least 0 and below the size of their axis. (INDEX_OUT_OF_RANGE)',
    );
  });

  it.each([
    ['that are not sorted', [1, 0]],
    ['that are negative', [-1, 0]],
  ])('segments %s are refused', (_, segments) => {
    const indices = tf.tensor1d([0, 1], 'int32');
    expect(() => sparse(tf.sparse.sparseSegmentSum, indices, segments)).toThrow('(INDEX_OUT_OF_RANGE)');
  });

  it('a segment beyond the last one is left out of the sums', async () => {
    const ids = whole('the GPU', [0, 2, -1, 1], [4]) as tf.Tensor1D;
    const sums = tf.unsortedSegmentSum(tf.tensor1d([1, 2, 3, 4]), ids, 2);
    expect([...(await sums.data())]).toEqual([1, 4]);
  });

  it('fit of an embedding ends with the index', async () => {
    const trainer = tinyTrainer([], {
      device,
      model: () =>
        sequential({
          layers: [
            layers.embedding({ inputDim: 3, outputDim: 2, inputLength: 4 }),
            layers.flatten(),
            layers.dense({ units: 3 }),
          ],
        }),
    });
    const data = {
      inputs: [
        [0, 1, 2, 0],
        [1, 1, 7, 2],
      ],
      targets: [0, 2],
      batchSize: 2,
    };
    await expect(trainer.fit(data, { epochs: 1 })).rejects.toThrow(/index 7 at \[\d\] is not in \[0, 3\)/);
    trainer.dispose();
  });
});
