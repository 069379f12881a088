import { captureStep, type CapturedStep, openDevice } from '@cantrip/core-tensor-gpu';
import { presentDevices } from '@cantrip/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { nativeBinding } from '../native/native-binding.ts';

const present = await presentDevices(['tensorflow']);

/** How many recordings TensorFlow's context holds, of all that this process can have made. */
function functions(): number {
  const { library, context } = nativeBinding();
  let count = 0;
  for (let serial = 0; serial < 500; serial++) {
    count += library.graph.hasFunction(context.pointer, `cantrip_step_${serial}`);
  }
  return count;
}

type Step = CapturedStep<{ readonly x: tf.Tensor }, tf.Tensor>;

describe.skipIf(present.length === 0)("a recording's function", () => {
  beforeAll(() => openDevice('tensorflow'));

  const make = (): Step => captureStep(({ x }: { readonly x: tf.Tensor }) => tf.mul(x, 2));
  /** Of a shape of its own, so that each size is another recording. */
  const call = (step: Step, size = 1): void => {
    tf.tidy(() => void step.runSync({ x: tf.ones([size]) }));
  };

  it('is there while the step is, and gone with it', () => {
    const step = make();
    expect(functions()).toBe(0);
    call(step, 1);
    call(step, 2);
    expect(functions()).toBe(2);
    step.dispose();
    expect(functions()).toBe(0);
  });

  it('is gone when the step forgets it, and another one comes with the next call', () => {
    const step = make();
    call(step);
    step.forget();
    expect(functions()).toBe(0);
    call(step);
    expect(functions()).toBe(1);
    step.dispose();
  });

  it('is gone when a variable that it reads was disposed of', () => {
    let variable = tf.variable(tf.scalar(1));
    const step: Step = captureStep(({ x }: { readonly x: tf.Tensor }) => tf.mul(x, variable));
    call(step);
    variable.dispose();
    variable = tf.variable(tf.scalar(2));
    call(step);
    expect([functions(), step.recordings]).toEqual([1, 1]);
    step.dispose();
    variable.dispose();
  });

  it('is gone when it is the oldest and a sixty-fifth comes', () => {
    const step = make();
    for (let size = 1; size <= 64; size++) call(step, size);
    expect(functions()).toBe(64);
    call(step, 65);
    expect([functions(), step.recordings]).toEqual([64, 64]);
    step.dispose();
    expect(functions()).toBe(0);
  });

  it('is gone also where XLA compiled it', () => {
    const step: Step = captureStep(({ x }: { readonly x: tf.Tensor }) => tf.neg(x), { compile: 'xla' });
    call(step);
    expect(functions()).toBe(1);
    step.dispose();
    expect(functions()).toBe(0);
  });
});
