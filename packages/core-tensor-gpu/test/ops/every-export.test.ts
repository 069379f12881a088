import * as tf from '@tensorflow/tfjs-core';
import { openDevice } from '@cantrip/core-tensor-gpu';
import { presentDevices } from '@cantrip/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { opRows } from './rows/index.ts';

const suffix = '__op';
type Exports = Readonly<Record<string, unknown>>;

/** Whether it is one of tfjs-core's ops, which bear a name that ends so. */
const isOp = (value: unknown): value is (...given: unknown[]) => unknown =>
  typeof value === 'function' && value.name.endsWith(suffix);

/** All ops of tfjs-core, read from what it exports: of itself and of its rooms, as `tf.image`. */
function exportedOps(exports: Exports): Map<string, string> {
  const ops = new Map<string, string>();
  for (const [room, inside] of Object.entries(exports)) {
    if (isOp(inside)) ops.set(inside.name, room);
    // Without `default`, which is the same once more.
    if (typeof inside !== 'object' || inside === null || room === 'default') continue;
    for (const [name, value] of Object.entries(inside as Exports)) {
      if (isOp(value) && !ops.has(value.name)) ops.set(value.name, `${room}.${name}`);
    }
  }
  return ops;
}

/** Exports that make numbers of nothing, or draw them. */
const made = [
  'browser.fromPixels',
  'eye',
  'multinomial',
  'rand',
  'randomGamma',
  'randomNormal',
  'randomStandardNormal',
  'randomUniform',
  'randomUniformInt',
  'signal.hammingWindow',
  'signal.hannWindow',
  'truncatedNormal',
];

/** Exports whose values are whole numbers, truth values or texts. */
const whole = [
  'bitwiseAnd',
  'broadcastArgs',
  'image.nonMaxSuppression',
  'image.nonMaxSuppressionPadded',
  'image.nonMaxSuppressionWithScore',
  'logicalXor',
  'math.confusionMatrix',
  'sparse.sparseReshape',
  'string.staticRegexReplace',
  'string.stringNGrams',
  'string.stringSplit',
  'string.stringToHashBucketFast',
];

type Float = (x: tf.Tensor1D) => tf.Tensor;
const places = (count: number): tf.Tensor1D => tf.range(0, count, 1, 'int32');

/** Exports that have no gradient: each ends in one sentence. */
const refused: Readonly<Record<string, Float>> = {
  bincount: (x) => tf.bincount(places(4), x, 4),
  denseBincount: (x) => tf.denseBincount(places(4), x, 4),
  raggedGather: (x) => tf.raggedGather([places(3)], x, places(2), 1).outputDenseValues as tf.Tensor,
  raggedRange: (x) => tf.raggedRange(x, tf.add(x, 2), tf.onesLike(x)).rtDenseValues as tf.Tensor,
  raggedTensorToTensor: (x) =>
    tf.raggedTensorToTensor(
      tf.tensor1d([2, 3], 'int32'),
      x,
      tf.scalar(0),
      [tf.tensor1d([0, 2, 4], 'int32')],
      ['ROW_SPLITS'],
    ),
  'sparse.sparseFillEmptyRows': (x) =>
    (
      tf.sparse.sparseFillEmptyRows(
        tf.tensor2d([0, 0, 1, 0, 1, 1, 3, 0], [4, 2], 'int32'),
        x,
        tf.tensor1d([5, 2], 'int32'),
        tf.scalar(0),
      ) as unknown as { outputValues: tf.Tensor }
    ).outputValues,
  unique: (x) => tf.unique(x).values,
};

/** Whose kernels TensorFlow.js has not for a device. */
const ragged = ['raggedGather', 'raggedRange', 'raggedTensorToTensor'];
const absent: Readonly<Record<string, readonly string[]>> = {
  tensorflow: [...ragged, 'denseBincount', 'sparse.sparseFillEmptyRows'],
  wasm: ragged,
};

/** Exports that have a test of their own, because what they give is drawn or the same as their input's shape. */
const elsewhere = ['dropout', 'image.threshold'];

it('every op that tfjs-core exports has a row, or is written down as one that has no gradient', async () => {
  await openDevice('cpu');
  const called = new Set<string>();
  const engine = tf.engine();
  const start = engine.startScope.bind(engine);
  const end = engine.endScope.bind(engine);
  // What a row calls itself, not what that calls.
  const open: boolean[] = [];
  engine.startScope = (name?: string) => {
    const op = name?.endsWith(suffix) === true;
    if (op && !open.includes(true)) called.add(name);
    open.push(op);
    start(name);
  };
  engine.endScope = (result) => {
    open.pop();
    end(result);
  };
  try {
    for (const { inputs, compute, absentOn } of opRows) {
      if (absentOn?.includes('cpu')) continue;
      tf.tidy(() => {
        compute(...inputs.map(({ values, shape }) => tf.tensor(values, [...shape])));
      });
    }
  } finally {
    engine.startScope = start;
    engine.endScope = end;
  }
  const written = new Set([...made, ...whole, ...Object.keys(refused), ...elsewhere]);
  const ops = exportedOps(tf);
  expect(ops.size).toBeGreaterThan(200);
  const without = [...ops].filter(([name, path]) => !called.has(name) && !written.has(path));
  expect(without.map(([, path]) => path)).toEqual([]);
  const paths = new Set(ops.values());
  expect([...written].filter((path) => !paths.has(path))).toEqual([]);
});

describe.each(await presentDevices(['tensorflow', 'wasm', 'cpu']))('on %s', (device) => {
  beforeAll(() => openDevice(device));
  const names = Object.keys(refused).filter((name) => !absent[device]?.includes(name));

  it.each(names)('the gradient of %s is refused in one sentence', (name) => {
    const x = tf.tensor1d([1, 2, 3, 4]);
    expect(() => tf.grad((given) => tf.sum(refused[name]!(given as tf.Tensor1D)))(x)).toThrow(
      /^\[\w+\] has no gradient, because .+\. Use .+ \(OP_NO_GRADIENT\)$/,
    );
  });

  it('nothing flows back to the transforms of images', () => {
    const image = tf.ones([1, 2, 2, 1]) as tf.Tensor4D;
    const gradient = tf.grad((given) => tf.sum(tf.image.transform(image, given as tf.Tensor2D)));
    expect(() => gradient(tf.tensor2d([[1, 0, 0, 0, 1, 0, 0, 0]]))).toThrow('(OP_NO_GRADIENT)');
  });

  it('dropout passes back what it let through, and a threshold nothing', () => {
    const x = tf.ones([40]);
    const kept = tf.tidy(() => [...tf.dropout(x, 0.5, [40], 'a').dataSync()]);
    const back = tf.tidy(() => [
      ...tf
        .grad((given) => tf.sum(tf.dropout(given, 0.5, [40], 'a')))(x)
        .dataSync(),
    ]);
    expect(back).toEqual(kept);
    expect(new Set(back)).toEqual(new Set([0, 2]));
    const image = tf.tensor3d([10, 200, 30, 90], [2, 2, 1]);
    expect(() =>
      tf.grad((given) => tf.cast(tf.image.threshold(given as tf.Tensor3D), 'float32'))(image),
    ).not.toThrow();
  });
});
