import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import { describe, expect, it } from 'vitest';
import { captureStep } from '../../src/index.ts';
import { requireDevice } from '../require-device.ts';

const device = await requireDevice('tensorflow');
const rows = (): tf.Tensor2D =>
  tf.tensor2d([
    [0, 1],
    [2, 3],
    [4, 5],
  ]);
const indices = (...values: number[]): tf.Tensor1D => tf.tensor1d(values, 'int32');

describe.skipIf(!device)('tf.gather', () => {
  it.each([
    ['rows', 0, [2, 0, 2], [4, 5, 0, 1, 4, 5]],
    ['columns', 1, [1], [1, 3, 5]],
    ['columns, counted from the end', -1, [1, 1], [1, 1, 3, 3, 5, 5]],
  ])('takes %s', (_name, axis, taken, expected) => {
    expect([...tf.gather(rows(), indices(...taken), axis).dataSync()]).toEqual(expected);
  });

  it('takes by indices of a batch in a captured step, other ones at each call', async () => {
    const step = captureStep(({ at }: { at: tf.Tensor }) => tf.gather(rows(), at));
    expect([...(await step.run({ at: indices(2, 0) })).dataSync()]).toEqual([4, 5, 0, 1]);
    expect([...(await step.run({ at: indices(1, 1) })).dataSync()]).toEqual([2, 3, 2, 3]);
    expect(step.recordings).toBe(1);
    step.dispose();
  });

  it('takes by rows of indices, one for each row', () => {
    const taken = tf.gather(rows(), tf.tensor2d([[1], [0], [1]], [3, 1], 'int32'), 1, 1);
    expect([...taken.dataSync()]).toEqual([1, 2, 5]);
  });

  it('adds the gradients of an index that comes twice, op by op and captured', async () => {
    const gradient = (at: tf.Tensor): tf.Tensor =>
      tf.grad((x) => tf.sum(tf.mul(tf.gather(x, at), tf.tensor2d([[1], [10], [100]]))))(rows());
    const expected = [10, 10, 0, 0, 101, 101];
    expect([...gradient(indices(2, 0, 2)).dataSync()]).toEqual(expected);
    const step = captureStep(({ at }: { at: tf.Tensor }) => gradient(at));
    expect([...(await step.run({ at: indices(2, 0, 2) })).dataSync()]).toEqual(expected);
    step.dispose();
  });

  it('leaves no tensor behind', () => {
    const [x, at] = [rows(), indices(0)];
    const before = tf.memory().numTensors;
    tf.gather(x, at).dispose();
    expect(() => tf.gather(x, indices(3))).toThrow('INDEX_OUT_OF_RANGE');
    expect(tf.memory().numTensors).toBe(before + 1);
  });
});

describe('an index that lies outside', () => {
  it.each(['tensorflow', 'wasm', 'cpu'] as const)('ends on %s in one sentence', async (name) => {
    if ((await requireDevice(name)) === undefined) return;
    for (const wrong of [3, -1]) {
      const message = new RegExp(
        `^\\[gather\\] index ${wrong} (at \\[1\\] )?is not in \\[0, 3\\)\\. Use integers in \\[0, 3\\), .*INDEX_OUT_OF_RANGE`,
      );
      expect(() => tf.gather(rows(), indices(0, wrong)).dataSync()).toThrow(message);
    }
    expect(() => tf.gather(rows(), tf.scalar(3, 'int32')).dataSync()).toThrow('index 3 is not in [0, 3)');
  });

  it('ends so in a captured step, and the step goes on afterwards', async () => {
    if ((await requireDevice('tensorflow')) === undefined) return;
    const step = captureStep(({ at }: { at: tf.Tensor }) => tf.gather(rows(), at));
    await expect(step.run({ at: indices(0, 3) })).rejects.toThrow('[gather] index 3 at [1] is not in [0, 3)');
    expect(() => step.runSync({ at: indices(0, -1) })).toThrow('[gather] index -1 at [1] is not in [0, 3)');
    expect([...step.runSync({ at: indices(0, 1) }).dataSync()]).toEqual([0, 1, 2, 3]);
    step.dispose();
  });

  it('gives NaN where XLA compiles the step, which checks nothing', async () => {
    if ((await requireDevice('tensorflow')) === undefined) return;
    const step = captureStep(({ at }: { at: tf.Tensor }) => tf.gather(rows(), at), { compile: 'xla' });
    expect([...(await step.run({ at: indices(3, 1) })).dataSync()]).toEqual([NaN, NaN, 2, 3]);
    expect([...(await step.run({ at: indices(0, -1) })).dataSync()]).toEqual([0, 1, NaN, NaN]);
    const columns = captureStep(({ at }: { at: tf.Tensor }) => tf.gather(rows(), at, 1), { compile: 'xla' });
    expect([...(await columns.run({ at: indices(1, 2) })).dataSync()]).toEqual([1, NaN, 3, NaN, 5, NaN]);
    step.dispose();
    columns.dispose();
  });
});

describe("tfjs-node's kernels", () => {
  it('read no tensor but for GatherV2, which ours replaces', () => {
    const { resolve } = createRequire(import.meta.url);
    const folder = join(
      dirname(resolve('@tensorflow/tfjs-node-gpu/dist/register_all_kernels.js')),
      'kernels',
    );
    const reads = /\b(dataSync|arraySync|bufferSync|readSync|read|data|array|buffer)\(/;
    const files = readdirSync(folder).filter((name) => name.endsWith('.js'));
    expect(files.length).toBeGreaterThan(100);
    expect(files.filter((name) => reads.test(readFileSync(join(folder, name), 'utf8')))).toEqual([
      'GatherV2.js',
    ]);
  });
});
