import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { accumulateGradients, clip, sgd } from '../src/index.ts';
import { beginTraining } from './training.ts';

const accumulating = accumulateGradients(sgd({ learningRate: 1, momentum: 0.5 }), { steps: 3 });

describe('accumulateGradients', () => {
  it('says how many batches make a step', () => {
    expect(accumulating.batchesPerStep).toBe(3);
    expect(sgd().batchesPerStep).toBeUndefined();
  });

  it('weighs each batch by what its loss was divided by', () => {
    // Means of 2.5 over 4 examples and of 50 over 1: the mean of all five is 12.
    const optimizer = accumulateGradients(sgd({ learningRate: 1 }), { steps: 2 });
    const training = beginTraining(optimizer, { x: [0] });
    training.step({ x: [2.5] }, 1, 4);
    training.step({ x: [50] }, 1, 1);
    expect(training.numbers().x![0]).toBeCloseTo(-12, 5);
    training.dispose();
  });

  it('moves nothing where nothing counted', () => {
    const training = beginTraining(accumulateGradients(sgd({ learningRate: 1 }), { steps: 2 }), { x: [3] });
    training.step({ x: [0] }, 1, 0);
    training.step({ x: [0] }, 1, 0);
    expect(training.numbers()).toEqual({ x: [3] });
    training.dispose();
  });

  it('lets a wrap see the mean of a step once, with its weight', () => {
    const seen: (readonly number[])[] = [];
    const wrapped = {
      ...accumulateGradients(sgd({ learningRate: 1 }), { steps: 2 }),
      start(...parameters: Parameters<typeof accumulating.start>) {
        const running = accumulateGradients(sgd({ learningRate: 1 }), { steps: 2 }).start(...parameters);
        running.wrapUpdate!((apply) => (update) => {
          seen.push([update.gradients['x']!.dataSync()[0]!, update.weight!.dataSync()[0]!]);
          apply({ ...update, gradients: { x: tf.mul(update.gradients['x']!, 2) } });
        });
        return running;
      },
    };
    const training = beginTraining(wrapped, { x: [0] });
    training.step({ x: [2.5] }, 1, 4);
    expect(seen).toEqual([]);
    training.step({ x: [50] }, 1, 1);
    expect(seen).toEqual([[12, 5]]);
    expect(training.numbers()).toEqual({ x: [-24] });
    training.dispose();
  });

  it('of one step is the optimizer itself', () => {
    const optimizer = sgd({ learningRate: 0.3, momentum: 0.9 });
    const [plain, wrapped] = [optimizer, accumulateGradients(optimizer, { steps: 1 })].map((each) => {
      const training = beginTraining(each, { x: [1, 2] });
      for (const gradient of [0.1, 0.7, -0.3]) training.step({ x: [gradient, 1] });
      const result = training.numbers();
      training.dispose();
      return result;
    });
    expect(wrapped).toEqual(plain);
  });

  it('changes only its sums until then, and begins again at zero', () => {
    const training = beginTraining(accumulating, { x: [10] });
    training.step({ x: [1] });
    training.step({ x: [2] });
    expect(training.numbers()).toEqual({ x: [10] });
    expect(training.slotNumbers()).toEqual({ 'x/accumulated': [3], 'step/accumulatedWeight': [2] });
    training.step({ x: [6] });
    expect(training.numbers().x?.[0]).toBeCloseTo(7, 5);
    expect(training.slotNumbers()['x/accumulated']).toEqual([0]);
    training.dispose();
  });

  it('drops what it has for a parameter that is frozen at the update', () => {
    const training = beginTraining(accumulating, { x: [10], y: [10] });
    training.step({ x: [3], y: [3] });
    training.step({ x: [3], y: [3] });
    training.step({ x: [3] });
    expect(training.numbers().y).toEqual([10]);
    expect(training.slotNumbers()['y/accumulated']).toEqual([0]);
    training.dispose();
  });

  it('clips the mean from outside in, or each gradient from inside out', () => {
    const inner = sgd({ learningRate: 1 });
    const after = (optimizer: typeof inner): number | undefined => {
      const training = beginTraining(optimizer, { x: [0] });
      training.step({ x: [4] });
      training.step({ x: [-0.25] });
      const result = training.numbers().x?.[0];
      training.dispose();
      return result;
    };
    expect(after(accumulateGradients(clip(inner, { value: 0.5 }), { steps: 2 }))).toBe(-0.5);
    expect(after(clip(accumulateGradients(inner, { steps: 2 }), { value: 0.5 }))).toBe(-0.125);
  });

  it('is refused around an optimizer that accumulates already', () => {
    const wrapped = clip(accumulating, { value: 1 });
    expect(() => accumulateGradients(wrapped, { steps: 2 })).toThrow(
      '[accumulateGradients] needs an optimizer that does not accumulate yet, got clip(accumulateGradients(sgd)).',
    );
  });
});
