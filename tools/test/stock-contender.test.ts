import { openDevice } from '@cantrip/core-tensor-gpu';
import { presentDevices } from '@cantrip/testing';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { upstreamGradients } from '../benchmarks/step/contenders/upstream-gradients.ts';
import { upstreamKernels } from '../benchmarks/step/contenders/upstream-kernels.ts';

/** Two kernels that Cantrip replaces by narrower ones, and two that it corrects. */
const replaced = [tf.Add, tf.BatchMatMul, tf.Exp, tf.Prelu];

/** Kernel to source text. */
function kernels(): Map<string, string> {
  return new Map(
    tf
      .getKernelsForBackend('tensorflow')
      .map(({ kernelName, kernelFunc }) => [kernelName, String(kernelFunc)]),
  );
}

it("the stock contender computes with tfjs's kernels and gradients, all of them", async (context) => {
  const ownGradient = tf.getGradient(tf.Relu);
  const restore = [await upstreamKernels(), upstreamGradients()];
  if ((await presentDevices(['tensorflow'])).length === 0) return context.skip('tensorflow is absent');
  await openDevice('tensorflow');
  const ours = kernels();
  expect(tf.getGradient(tf.Relu)).not.toBe(ownGradient);

  for (const putBack of restore) putBack();
  const stock = kernels();
  const added = [...ours.keys()].filter((name) => !stock.has(name));
  // Functions of ours, and two ops that tfjs-node lacks.
  expect(added.filter((name) => !name.startsWith('Cantrip'))).toEqual(['RotateWithOffset', 'Transform']);
  expect(ours.size).toBe(stock.size + added.length);
  const different = [...stock].filter(([name, source]) => source !== ours.get(name)).map(([name]) => name);
  expect(different).toEqual(expect.arrayContaining(replaced));
  // tfjs-node is compiled to ES5, in which there are no arrow functions: none of ours is left.
  expect([...stock].filter(([, source]) => source.includes('=>'))).toEqual([]);
  expect(tf.getGradient(tf.Relu)).toBe(ownGradient);
  expect(await tf.add(tf.ones([2, 2]), tf.ones([2])).array()).toEqual([
    [2, 2],
    [2, 2],
  ]);
});
