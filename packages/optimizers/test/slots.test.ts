import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  accumulateGradients,
  adam,
  adamw,
  clip,
  fromTfjs,
  noDecayOnBiasesAndNorms,
  rmsprop,
  sgd,
  type NamedTensors,
  type Optimizer,
} from '../src/index.ts';
import { beginTraining, mapValues, type Training } from './training.ts';

const initial = { 'head/kernel': [[1, 2]], 'head/bias': [3], 'base/kernel': [[4, 5]] };
const gradients = { 'head/kernel': [[1, -1]], 'head/bias': [2], 'base/kernel': [[0.5, 0.25]] };
const { 'base/kernel': _base, ...headGradients } = gradients;

const optimizers: Record<string, () => Optimizer> = {
  sgd: () => sgd({ momentum: 0.9, dampening: 0.1, weightDecay: 0.1, groups: [noDecayOnBiasesAndNorms] }),
  adam: () => adam({ groups: [{ match: '**/bias', learningRateFactor: 0.5 }] }),
  adamw: () => adamw(),
  rmsprop: () => rmsprop({ momentum: 0.9, centered: true }),
  clipped: () => clip(sgd({ momentum: 0.9 }), { globalNorm: 1 }),
  accumulated: () => accumulateGradients(clip(adam(), { value: 0.5 }), { steps: 2 }),
  adagrad: () => fromTfjs(tf.train.adagrad(0.1)),
  adadelta: () => fromTfjs(tf.train.adadelta(0.1)),
  adamax: () => fromTfjs(tf.train.adamax(0.1)),
  tfjsRmsprop: () => fromTfjs(tf.train.rmsprop(0.1, 0.9, 0.9, null as unknown as number, true)),
};
const each = Object.keys(optimizers).map((name) => [name, optimizers[name] as () => Optimizer] as const);

let training: Training | undefined;
beforeEach(async () => void (await tf.setBackend('cpu')));
afterEach(() => training?.dispose());

function begin(optimizer: Optimizer): Training {
  training?.dispose();
  training = beginTraining(optimizer, initial);
  return training;
}

/** Slots as the trainer saves them: copies that outlive the training. */
function saved({ running }: Training): NamedTensors {
  return mapValues(running.slots(), (slot) => tf.clone(slot));
}

describe('slots', () => {
  it('are named parameter/slot and made of zeros at the first update of their parameter', () => {
    const { running, step } = begin(sgd({ momentum: 0.9 }));
    expect(running.slots()).toEqual({});
    step(headGradients);
    expect(Object.keys(running.slots())).toEqual(['head/kernel/momentum', 'head/bias/momentum']);
    step(gradients);
    expect(Object.keys(running.slots())).toContain('base/kernel/momentum');
  });

  it('are variables that are not trainable', () => {
    const { running, step } = begin(adam());
    step(gradients);
    for (const slot of Object.values(running.slots())) {
      expect(slot).toBeInstanceOf(tf.Variable);
      expect(slot.trainable).toBe(false);
    }
  });

  it('are never handed from one layer to another when a layer in front of it is unfrozen', () => {
    const { step, slotNumbers } = begin(sgd({ momentum: 0.9 }));
    step(headGradients);
    step({ 'base/kernel': [[0, 0]], ...headGradients });
    expect(slotNumbers()['base/kernel/momentum']).toEqual([0, 0]);
    expect(slotNumbers()['head/bias/momentum']?.[0]).toBeCloseTo(2 * 1.9, 6);
  });

  it('stay as they are while their parameter is frozen, and so does its count of updates', () => {
    const { step, slotNumbers } = begin(adam());
    step(gradients);
    const before = slotNumbers();
    step(headGradients);
    step(headGradients);
    const after = slotNumbers();
    for (const slot of ['firstMoment', 'secondMoment', 'step']) {
      expect(after[`base/kernel/${slot}`]).toEqual(before[`base/kernel/${slot}`]);
    }
    expect(after['head/bias/step']).toEqual([3]);
    expect(after['base/kernel/step']).toEqual([1]);
  });

  it('of one optimizer at work in two trainings are apart', () => {
    const optimizer = sgd({ momentum: 0.9 });
    const other = beginTraining(optimizer, initial);
    other.step(gradients);
    const { running } = begin(optimizer);
    expect(running.slots()).toEqual({});
    other.dispose();
  });
});

describe.each(each)('%s', (_name, make) => {
  it('leaks no tensor from step to step, and none after dispose', () => {
    const optimizer = make();
    const empty = tf.memory().numTensors;
    const one = beginTraining(optimizer, initial);
    for (let i = 0; i < 2; i += 1) one.step(gradients);
    const afterTwo = tf.memory().numTensors;
    for (let i = 0; i < 4; i += 1) one.step(gradients);
    expect(tf.memory().numTensors).toBe(afterTwo);
    one.dispose();
    expect(tf.memory().numTensors).toBe(empty);
  });

  it('reads no tensor value while it updates', () => {
    const { step } = begin(make());
    const reads = vi.spyOn(tf.Tensor.prototype, 'dataSync');
    const asyncReads = vi.spyOn(tf.Tensor.prototype, 'data');
    step(gradients);
    step(headGradients);
    expect(reads).not.toHaveBeenCalled();
    expect(asyncReads).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });

  it('goes on from saved slots as if it had never stopped, to the last bit', () => {
    const optimizer = make();
    const unbroken = beginTraining(optimizer, initial);
    for (let i = 0; i < 4; i += 1) unbroken.step(gradients);
    const slots = saved(unbroken);
    const resumed = beginTraining(
      optimizer,
      mapValues(unbroken.variables, (value) => value.arraySync() as number[]),
    );
    resumed.running.restore(slots);
    tf.dispose(slots);
    for (let i = 0; i < 4; i += 1) for (const each of [unbroken, resumed]) each.step(gradients);
    expect(resumed.numbers()).toEqual(unbroken.numbers());
    expect(resumed.slotNumbers()).toEqual(unbroken.slotNumbers());
    resumed.dispose();
    unbroken.dispose();
  });

  it('does not change the gradients and the learning rate that it is given', () => {
    const { variables, running } = begin(make());
    const given = mapValues(gradients as Record<string, tf.TensorLike>, (value) => tf.tensor(value));
    const learningRate = tf.scalar(0.1);
    running.apply({ variables, gradients: given, learningRate, phase: 'update' });
    expect(mapValues(given, (gradient) => gradient.arraySync())).toEqual(gradients);
    expect(learningRate.isDisposed).toBe(false);
    tf.dispose([given, learningRate]);
  });
});

describe('restore', () => {
  it('removes the slots that are not named', () => {
    const { running, step } = begin(sgd({ momentum: 0.9 }));
    step(gradients);
    running.restore({ 'head/bias/momentum': tf.tensor1d([7]) });
    expect(Object.keys(running.slots())).toEqual(['head/bias/momentum']);
    running.restore({});
    expect(running.slots()).toEqual({});
  });

  it('of the slots themselves changes nothing', () => {
    const { running, step, slotNumbers } = begin(adam());
    step(gradients);
    const before = slotNumbers();
    running.restore(running.slots());
    expect(slotNumbers()).toEqual(before);
  });

  it('keeps the variables that are there, because a recorded step holds them', () => {
    const { running, step } = begin(sgd({ momentum: 0.9 }));
    step(gradients);
    const before = running.slots();
    running.restore(saved(training as Training));
    expect(running.slots()['head/bias/momentum']).toBe(before['head/bias/momentum']);
  });

  it.each<[string, Optimizer, NamedTensors, RegExp]>([
    [
      'another shape',
      sgd({ momentum: 0.9 }),
      { 'head/bias/momentum': tf.zeros([2]) },
      /head\/bias\/momentum must have shape \[1\], got \[2\]/,
    ],
    ['a slot that it has not', sgd({ momentum: 0.9 }), { 'head/bias/step': tf.scalar(1) }, /no slot for/],
    [
      'a slot without a parameter',
      sgd({ momentum: 0.9 }),
      { momentum: tf.scalar(1) },
      /no slot for momentum/,
    ],
    ['slots where it has none', sgd(), { 'head/bias/momentum': tf.zeros([1]) }, /has none/],
    ['a part of the slots', adam(), { 'x/step': tf.scalar(1) }, /x\/step without x\/firstMoment/],
    [
      'a count that is no scalar',
      adam(),
      { 'x/step': tf.zeros([1]), 'x/firstMoment': tf.zeros([1]), 'x/secondMoment': tf.zeros([1]) },
      /x\/step must have shape \[\], got \[1\]/,
    ],
    [
      'a sum of another shape',
      accumulateGradients(sgd(), { steps: 2 }),
      { 'head/bias/accumulated': tf.zeros([3]) },
      /accumulated must have shape \[1\], got \[3\]/,
    ],
  ])('refuses %s, and changes nothing', (_what, optimizer, values, message) => {
    const { running, step, slotNumbers } = begin(optimizer);
    step(gradients);
    const before = slotNumbers();
    expect(() => running.restore(values)).toThrow(message);
    expect(() => running.restore(values)).toThrow('(STATE_MISMATCH)');
    expect(slotNumbers()).toEqual(before);
  });

  it('of slots that do not fit the model is found at the first update, before a parameter changes', () => {
    const { running, step, numbers } = begin(sgd({ momentum: 0.9 }));
    const before = numbers();
    running.restore({ 'base/kernel/momentum': tf.zeros([3]) });
    expect(() => step(gradients)).toThrow(
      /base\/kernel\/momentum must have shape \[1,2\], got \[3\].*STATE_MISMATCH/,
    );
    expect(numbers()).toEqual(before);
  });
});
