import './software-adapter.ts';
import { presentDevices } from '@cantrip/testing';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { experimentalDeviceNames, openDevice } from '../../src/index.ts';

/** Integers that a float32 does not hold, of both signs. */
const values = Int32Array.of(
  16777217,
  -16777219,
  2147483647,
  -2147483647,
  5,
  -7,
  0,
  33554433,
  3,
  100000007,
  -1,
  8,
);

type Op = (x: tf.Tensor) => tf.Tensor | tf.Tensor[];

const flat = (x: tf.Tensor): tf.Tensor1D => tf.reshape(x, [12]) as tf.Tensor1D;
const int = (x: number): tf.Scalar => tf.scalar(x, 'int32');
const five = (x: tf.Tensor): tf.Tensor => tf.reshape(x, [1, 2, 1, 3, 2]);
const image = (x: tf.Tensor): tf.Tensor4D => tf.reshape(x, [1, 2, 2, 3]) as tf.Tensor4D;
const whole = (given: number[], shape: number[]): tf.Tensor => tf.tensor(given, shape, 'int32');

const moving: Readonly<Record<string, Op>> = {
  transpose: (x) => tf.transpose(x, [2, 0, 1]),
  'transpose of two axes': (x) => tf.transpose(tf.reshape(x, [4, 3])),
  'transpose of five axes': (x) => tf.transpose(five(x), [4, 2, 0, 3, 1]),
  slice: (x) => tf.slice(x, [1, 0, 1], [1, 2, 2]),
  stridedSlice: (x) => tf.stridedSlice(x, [0, 1, 2], [2, 0, 0], [1, -1, -1]),
  concat: (x) => tf.concat([x, x], 1),
  stack: (x) => tf.stack([x, x], -1),
  unstack: (x) => tf.unstack(x, 1),
  split: (x) => tf.split(x, [1, 2], 2),
  tile: (x) => tf.tile(x, [2, 1, 3]),
  'tile of five axes': (x) => tf.tile(five(x), [2, 1, 2, 1, 1]),
  broadcastTo: (x) => tf.broadcastTo(tf.reshape(x, [12, 1]), [12, 3]),
  pad: (x) =>
    tf.pad(
      tf.reshape(x, [4, 3]),
      [
        [1, 0],
        [0, 2],
      ],
      -16777219,
    ),
  mirrorPad: (x) =>
    tf.mirrorPad(
      tf.reshape(x, [4, 3]),
      [
        [1, 1],
        [2, 0],
      ],
      'reflect',
    ),
  reverse: (x) => tf.reverse(x, [0, 2]),
  gather: (x) => tf.gather(x, whole([2, 0, 2], [3]), 2),
  'gather in batches': (x) => tf.gather(x, whole([1, 0, 0, 0], [2, 2]), 1, 1),
  gatherND: (x) => tf.gatherND(x, whole([1, 0, 0, 1], [2, 2])),
  where: (x) => tf.where(tf.greater(x, 0), x, whole([-16777221], [1])),
  scatterND: (x) =>
    tf.scatterND(
      whole(
        [...Array(12).keys()].map((i) => (7 * i) % 13),
        [12, 1],
      ),
      flat(x),
      [13],
    ),
  tensorScatterUpdate: (x) =>
    tf.tensorScatterUpdate(flat(x), whole([3, 5], [2, 1]), whole([16777223, -3], [2])),
  sparseToDense: (x) =>
    tf.sparseToDense(whole([0, 3], [2]), tf.slice(flat(x), 0, 2), [5], tf.scalar(16777219, 'int32')),
  batchToSpaceND: (x) =>
    tf.batchToSpaceND(
      tf.reshape(x, [4, 1, 1, 3]),
      [2, 2],
      [
        [0, 0],
        [0, 0],
      ],
    ),
  spaceToBatchND: (x) =>
    tf.spaceToBatchND(
      image(x),
      [2, 2],
      [
        [0, 0],
        [0, 0],
      ],
    ),
  diag: (x) => tf.diag(flat(x)),
  fill: () => tf.fill([2, 2], 16777217, 'int32'),
};

const other = (x: tf.Tensor): tf.Tensor => tf.reverse(x, 1);
const row = (x: tf.Tensor): tf.Tensor => tf.slice(x, [1, 1, 0], [1, 1, 3]);

const computing: Readonly<Record<string, Op>> = {
  add: (x) => tf.add(x, other(x)),
  sub: (x) => tf.sub(x, row(x)),
  'a product': (x) => tf.mul(x, int(3)),
  floorDiv: (x) => [tf.floorDiv(x, int(7)), tf.floorDiv(x, int(-3))],
  mod: (x) => [tf.mod(x, int(7)), tf.mod(x, int(-16777219))],
  maximum: (x) => tf.maximum(x, row(x)),
  minimum: (x) => tf.minimum(x, other(x)),
  comparisons: (x) =>
    [tf.equal, tf.notEqual, tf.less, tf.lessEqual, tf.greater, tf.greaterEqual].map((compare) =>
      compare(tf.add(x, tf.cast(tf.equal(x, int(16777217)), 'int32')), x),
    ),
  neg: (x) => tf.neg(x),
  relu: (x) => tf.relu(x),
  sign: (x) => tf.sign(x),
  clipByValue: (x) => tf.clipByValue(x, -16777217, 16777217),
  addN: (x) => tf.addN([x, x, other(x)]),
  sum: (x) => [tf.sum(x, 2), tf.sum(x, 0), tf.sum(tf.slice(flat(x), 4))],
  'a sum of many': (x) => tf.sum(tf.mul(tf.tile(tf.slice(flat(x), 4, 1), [10000]), int(1001))),
  max: (x) => [tf.max(x, [0, 1]), tf.max(x, 1, true)],
  min: (x) => tf.min(x, 2),
  prod: (x) => tf.prod(tf.slice(flat(x), [7], [2])),
  cumsum: (x) => tf.cumsum(tf.slice(flat(x), 4)),
};

async function numbersOf(op: Op): Promise<number[][]> {
  const results = [tf.tidy(() => op(tf.tensor3d(values, [2, 2, 3])))].flat();
  return Promise.all(results.map(async (y) => [...(await y.data())]));
}

const rows = Object.entries({ ...moving, ...computing });

describe.each(await presentDevices(experimentalDeviceNames))('integers above 2^24 on %s', (device) => {
  const wanted = new Map<string, number[][]>();
  beforeAll(async () => {
    await openDevice('cpu');
    for (const [name, op] of rows) wanted.set(name, await numbersOf(op));
    await openDevice(device);
  });
  afterAll(() => tf.env().set('WEBGPU_CPU_FORWARD', true));

  describe.each([
    ['by the GPU', false],
    ['on the host, as far as it is so', true],
  ])('%s', (_, onHost) => {
    beforeAll(() => tf.env().set('WEBGPU_CPU_FORWARD', onHost));

    it('keeps nothing of what it computes with', async () => {
      const held = (): number[] => [tf.memory().numTensors, tf.backend().numDataIds()];
      const before = held();
      for (const [, op] of rows) {
        const results = tf.tidy(() => op(tf.tensor3d(values, [2, 2, 3])));
        await Promise.all([results].flat().map((y) => y.data()));
        tf.dispose(results);
      }
      expect(held()).toEqual(before);
    });

    it('abs is exact', async () => {
      // TensorFlow.js rounds it on the processor.
      const x = tf.tensor1d([...values], 'int32');
      expect([...(await tf.abs(x).data())]).toEqual([...values].map(Math.abs));
    });

    it('unsortedSegmentSum is exact', async () => {
      const x = tf.tensor2d([16777217, 1, -16777219, 2, 5, 33554433, 7, 7], [4, 2], 'int32');
      const sums = tf.unsortedSegmentSum(x, tf.tensor1d([1, 0, 1, -1], 'int32'), 3);
      expect([...(await sums.data())]).toEqual([-16777219, 2, 16777222, 33554434, 0, 0]);
    });

    it.each(rows)('%s is exact', async (name, op) => {
      expect(await numbersOf(op)).toEqual(wanted.get(name));
    });
  });
});
