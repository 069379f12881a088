import { expectClose, presentDevices } from '@cantrip/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { crossEntropy, smoothLabels } from '../src/index.ts';

const devices = await presentDevices(['cpu', 'wasm', 'tensorflow']);

const indices = (...values: number[]) => tf.tensor1d(values, 'int32');
const logits = () =>
  tf.tensor2d([
    [1, -2, 3],
    [0.5, 0, -1],
    [2, 2, -3],
  ]);
const close = { absolute: 1e-6, relative: 1e-6 };

/** Shapes of all tensors that an op makes while `fn` runs. */
function shapesMade(fn: () => void): string[] {
  const made: string[] = [];
  const engine = tf.engine();
  const runKernel = engine.runKernel.bind(engine);
  engine.runKernel = ((...call: Parameters<typeof runKernel>) => {
    const result = runKernel(...call);
    for (const { shape, dtype } of [result].flat()) made.push(`${call[0]} ${dtype}[${shape.join()}]`);
    return result;
  }) as typeof engine.runKernel;
  try {
    tf.tidy(fn);
  } finally {
    delete (engine as { runKernel?: unknown }).runKernel;
  }
  return made;
}

describe.each(devices)('crossEntropy on %s', (device) => {
  beforeAll(() => presentDevices([device]));

  it('gives the same for indices, one-hot labels and labels smoothed before', () => {
    const labels = indices(2, 0, 1);
    const oneHot = tf.cast(tf.oneHot(labels, 3), 'float32');
    const smoothing = 0.2;
    const wanted = crossEntropy(labels, logits(), { smoothing }).arraySync() as number;
    expectClose(crossEntropy(oneHot, logits(), { smoothing }), wanted, close);
    expectClose(crossEntropy(smoothLabels(labels, { smoothing, classes: 3 }), logits()), wanted, close);
  });

  it('makes no matrix of labels out of indices, forward or backward', () => {
    const made = shapesMade(
      () => void tf.grad((x) => crossEntropy(indices(0, 1, 2), x, { smoothing: 0.1 }))(logits()),
    );
    expect(made.filter((op) => op.startsWith('OneHot') || op.includes('bool[3,3]'))).toEqual([]);
    expect(made.filter((op) => op.startsWith('TensorScatterUpdate'))).toEqual([
      'TensorScatterUpdate float32[3,3]',
    ]);
  });

  it('makes no matrix of labels for a sigmoid either, whose losses are one for each class', () => {
    const options = { activation: 'sigmoid', smoothing: 0.1 } as const;
    const made = shapesMade(() => void tf.grad((x) => crossEntropy(indices(0, 1, 2), x, options))(logits()));
    expect(made.filter((op) => op.startsWith('OneHot') || op.includes('bool[3,3]'))).toEqual([]);
  });

  it('has a finite loss and gradient for probabilities of 0 and 1', () => {
    const certain = tf.tensor2d([
      [1, 0],
      [0, 1],
    ]);
    for (const activation of ['softmax', 'sigmoid'] as const) {
      const lossOf = (x: tf.Tensor) => crossEntropy(indices(0, 0), x, { activation, from: 'probabilities' });
      const { value, grad } = tf.valueAndGrad(lossOf)(certain);
      expect(value.dataSync()[0]).toBeGreaterThan(10);
      expect([...grad.dataSync()].every(Number.isFinite)).toBe(true);
    }
  });

  it('gives a row that was predicted 1e-30 the gradient that its logit has, and not 0 as when cut at 1e-7', () => {
    const wrong = tf.tensor2d([[1, 1e-30]]);
    const grad = tf.grad((x) => crossEntropy(indices(1), x, { from: 'probabilities' }))(wrong);
    // Of -log p, divided by the sum: -1 / p + 1.
    expect(grad.dataSync()[1]! / -1e30).toBeCloseTo(1, 5);
  });

  it('shifts a mask along with the labels', () => {
    const labels = tf.tensor2d([[0, 2, 1]], [1, 3], 'int32');
    const sequence = tf.expandDims(logits(), 0);
    const mask = tf.tensor2d([[true, false, true]]);
    const loss = crossEntropy(labels, sequence, { shiftLabels: true, mask });
    expectClose(loss, crossEntropy(indices(1), tf.slice(logits(), [1], [1])).arraySync() as number, close);
  });

  it('computes the gradient of labels only where something trained leads to them', () => {
    const labels = tf.fill([3, 3], 1 / 3);
    const logarithms = (fn: () => void): number =>
      shapesMade(fn).filter((op) => op.startsWith('Log ')).length;
    expect(logarithms(() => void tf.grad((x) => crossEntropy(labels, x))(logits()))).toBe(1);
    expect(logarithms(() => void tf.grad((t) => crossEntropy(t, logits()))(labels))).toBe(2);
  });

  it('takes a share that changes from step to step as a scalar', () => {
    for (const options of [{}, { activation: 'sigmoid' }] as const) {
      for (const labels of [indices(2, 0, 1), tf.fill([3, 3], 1 / 3)]) {
        const fixed = crossEntropy(labels, logits(), { ...options, smoothing: 0.3 }).arraySync() as number;
        const scalar = crossEntropy(labels, logits(), { ...options, smoothing: tf.scalar(0.3) });
        expectClose(scalar, fixed, close);
        const gradients = [0.3, tf.scalar(0.3)].map((smoothing) =>
          tf.grad((x) => crossEntropy(labels, x, { ...options, smoothing }))(logits()),
        );
        expectClose(gradients[1]!, gradients[0]!.arraySync() as number[][], close);
      }
    }
  });

  it('makes the loss NaN for an index that is out of range', () => {
    for (const activation of ['softmax', 'sigmoid'] as const) {
      for (const wrong of [3, -1, -100]) {
        const loss = crossEntropy(indices(0, 1, wrong), logits(), { activation });
        expect(loss.dataSync()[0]).toBeNaN();
      }
    }
  });

  it('leaves out the losses of what is ignored or masked, even where they are NaN', () => {
    const broken = tf.tensor2d([
      [1, -2, 3],
      [Number.NaN, 0, Infinity],
      [2, 2, -3],
    ]);
    const wanted = crossEntropy(indices(2, 1), tf.gather(logits(), indices(0, 2))).arraySync() as number;
    expectClose(crossEntropy(indices(2, -100, 1), broken, { ignoreIndex: -100 }), wanted, close);
    const mask = tf.tensor1d([true, false, true]);
    expectClose(crossEntropy(indices(2, 0, 1), broken, { mask }), wanted, close);
    expectClose(crossEntropy(indices(2, -5, 1), broken, { mask }), wanted, close);
  });

  it('combines an ignored index with a mask', () => {
    const loss = crossEntropy(indices(-1, 0, 1), logits(), {
      ignoreIndex: -1,
      mask: tf.tensor1d([true, true, false]),
    });
    expectClose(loss, crossEntropy(indices(0), tf.slice(logits(), [1], [1])).arraySync() as number, close);
  });

  it('takes a mask of rows or of elements with a sigmoid', () => {
    const labels = tf.tensor2d([1, 0, 1, 0, 0, 1, 1, 1, 0], [3, 3]);
    const options = { activation: 'sigmoid' } as const;
    const rows = crossEntropy(labels, logits(), { ...options, mask: tf.tensor1d([true, false, true]) });
    const elements = tf.tensor2d([1, 1, 1, 0, 0, 0, 1, 1, 1], [3, 3], 'bool');
    const kept = indices(0, 2);
    const wanted = crossEntropy(tf.gather(labels, kept), tf.gather(logits(), kept), options);
    expectClose(rows, wanted.arraySync() as number, close);
    expectClose(
      crossEntropy(labels, logits(), { ...options, mask: elements }),
      wanted.arraySync() as number,
      close,
    );
  });

  it('gives 0, with a gradient of 0, where nothing counts', () => {
    const lossOf = (x: tf.Tensor) =>
      crossEntropy(indices(-1, -1, -1), x, { ignoreIndex: -1, smoothing: 0.1 });
    const { value, grad } = tf.valueAndGrad(lossOf)(logits());
    expect(value.dataSync()[0]).toBe(0);
    expect(Array.from(grad.dataSync())).toEqual(new Array(9).fill(0));
  });

  it('is finite, with finite gradients, at logits of +-1e4', () => {
    const z = tf.tensor2d([
      [1e4, -1e4, 0],
      [-1e4, 1e4, 1e4],
    ]);
    for (const activation of ['softmax', 'sigmoid'] as const) {
      for (const labels of [
        indices(1, 0),
        tf.tensor2d([
          [0, 1, 0],
          [0.5, 0.5, 0],
        ]),
      ]) {
        const options = { activation, smoothing: 0.1, confidencePenalty: 0.1 };
        const { value, grad } = tf.valueAndGrad((x: tf.Tensor) => crossEntropy(labels, x, options))(z);
        expect([...value.dataSync(), ...grad.dataSync()].every(Number.isFinite)).toBe(true);
      }
    }
  });

  it('lets impossible classes have a logit of -Infinity', () => {
    const z = tf.tensor2d([[0, -Infinity, 0]]);
    const lossOf = (x: tf.Tensor) => crossEntropy(indices(0), x, { confidencePenalty: 0.5 });
    const { value, grad } = tf.valueAndGrad(lossOf)(z);
    expectClose(value, 0.5 * Math.LN2, close);
    expectClose(grad, [[-0.5, 0, 0.5]], close);
  });

  it('leaves one new tensor, that of its result', () => {
    const given = [indices(0, 1, 2), logits()] as const;
    const before = tf.memory().numTensors;
    for (const options of [
      { smoothing: 0.1, classWeights: [1, 2, 3], ignoreIndex: 0 },
      { activation: 'sigmoid', smoothing: [0.1, 0.2, 0.3], confidencePenalty: 0.1 },
    ] as const) {
      crossEntropy(...given, options).dispose();
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  it('can be computed within a tidy that ends before the gradient is', () => {
    const labels = tf.fill([3, 3], 1 / 3);
    for (const options of [
      { smoothing: [0.1, 0.2, 0.3], classWeights: [1, 2, 3] },
      { activation: 'sigmoid', smoothing: [0.1, 0.2, 0.3], positiveWeights: [1, 2, 3] },
    ] as const) {
      for (const given of [indices(0, 1, 2), labels]) {
        const grad = tf.grad((x) => tf.tidy(() => crossEntropy(given, x, options)))(logits());
        expect([...grad.dataSync()].every(Number.isFinite)).toBe(true);
      }
    }
  });
});

describe.each(devices.filter((device) => device === 'tensorflow'))('crossEntropy on %s', (device) => {
  it('takes loss and gradient of indices from one op of TensorFlow', async () => {
    await presentDevices([device]);
    for (const smoothing of [0, 0.1]) {
      const made = shapesMade(
        () => void tf.grad((x) => crossEntropy(indices(0, 1, 2), x, { smoothing }))(logits()),
      );
      expect(made.filter((op) => op.startsWith('CantripSparseCrossEntropy'))).toEqual([
        'CantripSparseCrossEntropy float32[3]',
        'CantripSparseCrossEntropy float32[3,3]',
      ]);
      expect(made.filter((op) => /^(Exp|Log|Softmax|LogSoftmax) /.test(op))).toEqual([]);
    }
  });
});
