import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { captureStep, openDevice } from '@cantrip/core-tensor-gpu';
import { softmaxCrossEntropyWithLogits } from '@cantrip/ops';
import { expectClose, expectGradients, loadGolden, presentDevices, scattered } from '@cantrip/testing';
import { beforeAll, describe, expect, it } from 'vitest';

interface Case {
  readonly smoothing: number;
  readonly logits: number[][];
  readonly targets: number[] | number[][];
  readonly upstream: number[];
  readonly losses: number[];
  readonly gradient: number[][];
}

const golden = loadGolden<Record<string, Case>>(new URL('../golden/many-classes.json', import.meta.url));

/** So often that the device takes its ops for many numbers. */
const REPEATS = 64;
const CLASSES = 66;
const many = <T>(values: readonly T[]): T[] => Array.from({ length: REPEATS }, () => values).flat();

interface Batch {
  readonly logits: tf.Tensor;
  readonly targets: tf.Tensor;
}

function batchOf({ logits, targets }: Case): Batch {
  const dtype = Array.isArray(targets[0]) ? 'float32' : 'int32';
  return {
    logits: tf.tensor2d(many(logits)),
    targets: tf.tensor(many<unknown>(targets) as number[], undefined, dtype),
  };
}

const summed =
  ({ targets }: Batch, smoothing = 0) =>
  (logits: tf.Tensor): tf.Tensor =>
    tf.sum(softmaxCrossEntropyWithLogits(logits, targets, { smoothing }));

/** Logits `[REPEATS * 2, CLASSES]` whose first row is given. */
function withFirstRow(first: (column: number) => number): tf.Tensor2D {
  const values = scattered([REPEATS * 2, CLASSES]).dataSync();
  for (let column = 0; column < CLASSES; column++) values[column] = first(column);
  return tf.tensor2d(values, [REPEATS * 2, CLASSES]);
}

const classes = (of: number): tf.Tensor1D => tf.fill([REPEATS * 2], of, 'int32');

const present = await presentDevices(['tensorflow']);

describe.skipIf(present.length === 0)('cross-entropy of many classes', () => {
  beforeAll(() => openDevice('tensorflow'));

  it.each(Object.entries(golden.cases))("gives PyTorch's losses and gradients: %s", (_, example) => {
    const { smoothing } = example;
    const { logits, targets } = batchOf(example);
    const losses = softmaxCrossEntropyWithLogits(logits, targets, { smoothing });
    expectClose(losses, many(example.losses), golden.tolerance);
    const weighted = (x: tf.Tensor): tf.Tensor =>
      tf.sum(tf.mul(softmaxCrossEntropyWithLogits(x, targets, { smoothing }), many(example.upstream)));
    expectClose(tf.grad(weighted)(logits), many(example.gradient), golden.tolerance);
  });

  it('is the same captured to rounding, and has the same bits at every captured run', async () => {
    const batch = batchOf(golden.cases['classes']!);
    const eager = tf.grad(summed(batch))(batch.logits);
    const step = captureStep((given: Batch) => tf.grad(summed(given))(given.logits));
    const run = async (): Promise<tf.Tensor> => await step.run({ ...batch });
    const first = await run();
    expectClose(first, eager.arraySync() as number[][], { relative: 1e-5, absolute: 1e-7 });
    for (let again = 0; again < 3; again++) expect((await run()).dataSync()).toEqual(first.dataSync());
    step.dispose();
  });

  it.each([0, 0.1])('of a class whose logit is -Infinity is infinite, with smoothing %d', (smoothing) => {
    const logits = withFirstRow((column) => (column === 3 ? -Infinity : column / 10));
    const losses = softmaxCrossEntropyWithLogits(logits, classes(3), { smoothing }).dataSync();
    expect(losses[0]).toBe(Infinity);
    expect(losses.slice(1).every(Number.isFinite)).toBe(true);
  });

  it('takes no notice of other classes whose logits are -Infinity', () => {
    const logits = withFirstRow((column) => (column < 2 ? 0 : -Infinity));
    for (const targets of [classes(1), tf.oneHot(classes(1), CLASSES, 1, 0, 'float32')]) {
      const { value, grad } = tf.valueAndGrad(
        (x: tf.Tensor) => tf.slice(softmaxCrossEntropyWithLogits(x, targets), 0, 1) as tf.Tensor,
      )(logits);
      expect(value.dataSync()[0]).toBeCloseTo(Math.LN2, 6);
      [0.5, -0.5, 0, 0].forEach((right, at) => expect(grad.dataSync()[at]).toBeCloseTo(right, 6));
    }
  });

  it.each([0, 5, 17, CLASSES - 1])('is NaN where logit %d is NaN', (at) => {
    const logits = withFirstRow((column) => (column === at ? NaN : 1));
    const losses = softmaxCrossEntropyWithLogits(logits, classes(2)).dataSync();
    expect(losses[0]).toBeNaN();
    expect(losses[1]).not.toBeNaN();
  });

  it('can be differentiated twice', () => {
    const batch = { targets: classes(2) };
    const few = (x: tf.Tensor): tf.Tensor =>
      tf.pad(x, [
        [0, REPEATS * 2 - 2],
        [0, CLASSES - 4],
      ]);
    const compute = (x: tf.Tensor): tf.Tensor => summed({ ...batch, logits: x })(few(x));
    expectGradients((x) => tf.sum(tf.square(tf.grad(compute)(x!))), [scattered([2, 4])], { tolerance: 2e-2 });
  });

  it.each([-1, CLASSES])('refuses class %d, op by op and captured', async (wrong) => {
    const batch = { logits: tf.zeros([REPEATS * 2, CLASSES]), targets: classes(wrong) };
    const message = `index ${wrong} at [0, 0] is not in [0, ${CLASSES})`;
    expect(() => summed(batch)(batch.logits)).toThrow(message);
    const step = captureStep((given: Batch) => tf.grad(summed(given))(given.logits));
    for (let run = 0; run < 3; run++) await expect(step.run({ ...batch })).rejects.toThrow(message);
    step.dispose();
  });
});
