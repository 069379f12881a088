import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { openDevice } from '../../src/index.ts';

/** What `dist/public/chained_ops` of the installed tfjs-core sets on tensors, by name. */
const upstream: readonly string[] = (() => {
  const manifest = createRequire(import.meta.url).resolve('@tensorflow/tfjs-core/package.json');
  const folder = join(dirname(manifest), 'dist/public/chained_ops');
  return readdirSync(folder)
    .filter((file) => file.endsWith('.js') && !file.startsWith('register_all'))
    .map((file) => /prototype\.(\w+) =/.exec(readFileSync(join(folder, file), 'utf8'))![1]!);
})();

type Chained = Record<string, (...given: unknown[]) => tf.Tensor>;
const chained = (x: tf.Tensor): Chained => x as unknown as Chained;
const plain = (x: tf.Tensor): unknown => [x.shape, x.dtype, Array.from(x.dataSync())];

describe('once a device is open, and nothing else is imported', () => {
  beforeAll(async () => {
    await openDevice('cpu');
  });

  it('tensors have every method that tfjs-core keeps in modules of their own', () => {
    expect(upstream.length).toBeGreaterThan(130);
    const x = tf.tensor1d([1, 2]);
    expect(upstream.filter((name) => typeof chained(x)[name] !== 'function')).toEqual([]);
  });

  it('a method gives what the op gives', () => {
    const x = tf.tensor2d([3, -1, 0, 2, 5, -4], [2, 3]);
    const y = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
    const pairs: readonly (readonly [tf.Tensor, tf.Tensor])[] = [
      [chained(x)['flatten']!(), tf.tensor1d([3, -1, 0, 2, 5, -4])],
      [chained(x)['sum']!(1, true), tf.tensor2d([2, 3], [2, 1])],
      [chained(x)['sub']!(y), tf.tensor2d([2, -3, -3, -2, 0, -10], [2, 3])],
      [chained(x)['concat']!(y, 1), tf.tensor2d([3, -1, 0, 1, 2, 3, 2, 5, -4, 4, 5, 6], [2, 6])],
      [chained(x)['stack']!([y]), tf.tensor3d([3, -1, 0, 2, 5, -4, 1, 2, 3, 4, 5, 6], [2, 2, 3])],
      [chained(x)['where']!(tf.greater(x, 0), y), tf.tensor2d([3, 2, 3, 2, 5, 6], [2, 3])],
      [chained(x)['as3D']!(3, 1, 2), tf.tensor3d([3, -1, 0, 2, 5, -4], [3, 1, 2])],
      [chained(x)['reshapeAs']!(tf.zeros([6])), tf.tensor1d([3, -1, 0, 2, 5, -4])],
      [chained(x)['toBool']!(), tf.tensor2d([true, true, false, true, true, true], [2, 3], 'bool')],
      [chained(x)['toInt']!(), tf.tensor2d([3, -1, 0, 2, 5, -4], [2, 3], 'int32')],
      [chained(tf.scalar(2))['asScalar']!(), tf.scalar(2)],
    ];
    for (const [got, wanted] of pairs) expect(plain(got)).toEqual(plain(wanted));
  });

  it('a method of a disposed tensor says so', () => {
    const x = tf.scalar(1);
    x.dispose();
    expect(() => chained(x)['square']!()).toThrow(/disposed/);
  });

  it('tf.prod has its gradient over two axes', async () => {
    await import('@tensorflow/tfjs-layers');
    const x = tf.tensor3d([2, 3, 4, 5, 6, 7, 8, 9], [2, 2, 2]);
    // The product of the others, by hand.
    const gradient = tf.grad((given) => tf.prod(given, [1, 2]))(x);
    expect(Array.from(gradient.dataSync())).toEqual([60, 40, 30, 24, 504, 432, 378, 336]);
  });
});
