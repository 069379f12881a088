import { expectClose, loadGolden, type Nested, presentDevices } from '@cantrip/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { distillationLoss, type DistillationLossOptions } from '../src/index.ts';

interface Case {
  readonly options: DistillationLossOptions;
  readonly student: Nested;
  readonly teacher: Nested;
  readonly weights?: Nested;
  readonly loss: Nested;
  readonly gradient: Nested;
}

const { cases, tolerance } = loadGolden<Readonly<Record<string, Case>>>(
  new URL('./golden/distillation-loss.json', import.meta.url),
);
const devices = await presentDevices(['cpu', 'wasm', 'tensorflow']);
const tensor = (values: Nested): tf.Tensor => tf.tensor(values as tf.TensorLike);

describe.each(devices)('distillationLoss on %s', (device) => {
  it.each(Object.entries(cases))("gives PyTorch's loss and gradient: %s", async (_, given) => {
    await presentDevices([device]);
    tf.tidy(() => {
      const weights = given.weights === undefined ? {} : { weights: tensor(given.weights) };
      const teacher = tensor(given.teacher);
      const lossOf = (student: tf.Tensor): tf.Scalar =>
        distillationLoss(student, teacher, { ...given.options, ...weights });
      expectClose(lossOf(tensor(given.student)), given.loss, tolerance);
      expectClose(tf.grad(lossOf)(tensor(given.student)), given.gradient, tolerance);
    });
  });

  it('leaves masked classes out, whose logits are -Infinity', async () => {
    await presentDevices([device]);
    tf.tidy(() => {
      const student = tf.tensor2d([[0.5, -1, -Infinity]]);
      const teacher = tf.tensor2d([[2, 1, -Infinity]]);
      const [shortStudent, shortTeacher] = [student, teacher].map((all) => tf.slice(all, [0, 0], [1, 2]));
      const lossOf =
        (logits: tf.Tensor) =>
        (given: tf.Tensor): tf.Scalar =>
          distillationLoss(given, logits);
      expectClose(lossOf(teacher)(student), lossOf(shortTeacher!)(shortStudent!).arraySync(), tolerance);
      const gradient = tf.grad(lossOf(teacher))(student).arraySync() as number[][];
      const short = tf.grad(lossOf(shortTeacher!))(shortStudent!).arraySync() as number[][];
      expectClose(tf.tensor2d(gradient), [[...short[0]!, 0]], tolerance);
    });
  });

  it('does not read rows of weight 0, and is 0 without any other row', async () => {
    await presentDevices([device]);
    tf.tidy(() => {
      const student = tf.tensor2d([
        [1, 0],
        [NaN, NaN],
      ]);
      const teacher = tf.tensor2d([
        [0, 1],
        [0, 0],
      ]);
      const alone = distillationLoss(tf.slice(student, 0, 1), tf.slice(teacher, 0, 1));
      const weighted = distillationLoss(student, teacher, { weights: tf.tensor1d([1, 0]) });
      expectClose(weighted, alone.arraySync(), tolerance);
      expect(distillationLoss(student, teacher, { weights: tf.zeros([2]) }).arraySync()).toBe(0);
    });
  });

  it('leaves one tensor', async () => {
    await presentDevices([device]);
    const [student, teacher] = [tf.zeros([2, 3]), tf.ones([2, 3])];
    const before = tf.memory().numTensors;
    distillationLoss(student, teacher);
    distillationLoss(student, teacher, { kind: 'hard' });
    expect(tf.memory().numTensors).toBe(before + 2);
  });
});

describe('distillationLoss refuses', () => {
  const logits = tf.zeros([2, 3]);
  it.each([
    ['a teacher of other classes', [logits, tf.zeros([2, 4])], /gives \[2, 3\] and the teacher \[2, 4\]/],
    ['numbers without classes', [tf.scalar(1), tf.scalar(1)], /SHAPE_MISMATCH/],
    ['weights of other rows', [logits, logits, { weights: tf.zeros([3]) }], /weights have the shape \[3\]/],
    ['weights of each logit', [logits, logits, { weights: tf.zeros([2, 3]) }], /SHAPE_MISMATCH/],
    ['integers', [logits, tf.zeros([2, 3], 'int32')], /teacher must be a float32 tensor/],
    ['a temperature of 0', [logits, logits, { temperature: 0 }], /temperature must be > 0, got 0/],
    ['a kind that there is not', [logits, logits, { kind: 'mse' }], /kind must be/],
    ['a misspelt option', [logits, logits, { temprature: 2 }], /temprature/],
  ] as const)('%s', (_, args, message) => {
    expect(() => distillationLoss(...(args as unknown as Parameters<typeof distillationLoss>))).toThrow(
      message,
    );
  });
});
