import { openDevice } from '@cantrip/core-tensor-gpu';
import { presentDevices } from '@cantrip/testing';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { resource } from '../benchmarks/step/replay/resource-update.ts';
import { flat, ours, rules, type UpdateWay } from '../benchmarks/step/replay/update-ways.ts';

const present = (await presentDevices(['tensorflow'])).length > 0;

it.runIf(present).each(rules)(
  "%s of ours, as one vector and by TensorFlow's resource ops ends in the same parameters",
  async (rule) => {
    await openDevice('tensorflow');
    const shapes = [[3, 4], [5], [70, 70]];
    const seeded = (seed: number): tf.Tensor[] =>
      shapes.map((shape, i) => tf.randomNormal(shape, 0, 1, 'float32', 10 * seed + i));
    // None near zero: TensorFlow adds epsilon before it corrects the bias of Adam's moments, PyTorch and ours after it.
    const gradients = seeded(2).map((x) => tf.where(tf.less(x, 0), tf.sub(x, 0.5), tf.add(x, 0.5)));
    const problem = { rule, parameters: seeded(1), gradients };
    const after = async (way: UpdateWay, calls: number): Promise<Float32Array> => {
      for (let call = 0; call < calls; call++) way.call();
      return (await tf.concat(way.parameters().map((x) => tf.reshape(x, [-1]))).data()) as Float32Array;
    };
    const ways = [ours(problem), flat(problem), resource(problem)];
    const before = await after(ours(problem), 0);
    const ends = await Promise.all(ways.map((way) => after(way, 3)));
    const furthest = (a: Float32Array, b: Float32Array): number =>
      a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
    expect(furthest(before, ends[2]!)).toBeGreaterThan(0.02);
    expect(furthest(ends[0]!, ends[2]!)).toBeLessThan(1e-6);
    expect(furthest(ends[1]!, ends[2]!)).toBeLessThan(1e-6);
  },
);
