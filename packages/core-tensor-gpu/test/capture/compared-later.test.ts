import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { presentDevices } from '@cantrip/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { captureStep, openDevice, stoppedRecording } from '../../src/index.ts';

const [present] = await presentDevices(['tensorflow']);

type Step = (inputs: { readonly x: tf.Tensor }) => tf.Tensor;

/** Steps whose JavaScript goes on from run to run. */
const going: readonly (readonly [string, () => Step, RegExp])[] = [
  [
    'keeps a sum in a closure',
    () => {
      let total: tf.Tensor | undefined;
      return ({ x }) => {
        const before = total;
        total = tf.keep(before ? tf.add(before, x) : tf.clone(x));
        before?.dispose();
        return tf.neg(total);
      };
    },
    /keeps a new tensor of shape \[3\].*CAPTURE_STATE/,
  ],
  [
    'keeps a constant that grows',
    () => {
      let power = tf.keep(tf.scalar(1));
      return ({ x }) => {
        const before = power;
        power = tf.keep(tf.mul(before, 2));
        before.dispose();
        return tf.mul(x, power);
      };
    },
    /CAPTURE_STATE/,
  ],
  [
    'keeps a copy of a variable',
    () => {
      const weight = tf.variable(tf.scalar(1));
      let before: tf.Tensor = tf.keep(tf.scalar(0));
      return ({ x }) => {
        const change = tf.sub(weight, before);
        before.dispose();
        before = tf.keep(tf.clone(weight));
        weight.assign(tf.add(tf.mul(weight, 3), 1));
        return tf.mul(x, change);
      };
    },
    /CAPTURE_STATE/,
  ],
  [
    'counts in a closure',
    () => {
      let calls = 0;
      return ({ x }) => tf.mul(x, ++calls);
    },
    /a tensor of shape \[\] differs when the step runs again.*CAPTURE_VARIES/,
  ],
  [
    'disposes of what it takes from a list',
    () => {
      const list = [1, 2, 3, 4, 5].map((value) => tf.scalar(value));
      return ({ x }) => {
        const next = list.shift()!;
        const result = tf.mul(x, next);
        next.dispose();
        return result;
      };
    },
    /CAPTURE_STATE/,
  ],
];

describe.skipIf(!present)('a step that is compared at its later calls', () => {
  beforeAll(() => openDevice('tensorflow'));
  const inputs = [1, 2, 3, 4, 5].map((value) => tf.tensor1d([value, -value, 0.5]));

  it.each(going)(
    'and %s does at its first two calls what it does op by op, and is then refused',
    (_, make, why) => {
      const [step, captured] = [make(), make()];
      const expected = inputs.map((x) => tf.tidy(() => [...step({ x }).dataSync()]));
      const recorded = captureStep(captured, { compare: 'later' });
      const got: number[][] = [];
      for (const x of inputs) {
        const run = recorded.refusal ? captured : recorded.runSync;
        got.push([...tf.tidy(() => run({ x })).dataSync()]);
      }
      expect(got).toEqual(expected);
      expect(recorded.refusal?.message).toMatch(why);
      recorded.dispose();
    },
  );

  it('runs its JavaScript at the first two calls and never again', async () => {
    let calls = 0;
    const step = captureStep(
      ({ x }: { x: tf.Tensor }) => {
        calls++;
        return tf.mul(x, 2);
      },
      { compare: 'later' },
    );
    for (const x of inputs) expect((await step.run({ x })).dataSync()[0]).toBe(x.dataSync()[0]! * 2);
    expect([calls, step.refusal, step.recordings]).toEqual([2, undefined, 1]);
    step.dispose();
  });

  it('may keep what it made in its first run', () => {
    let calls = 0;
    let mask: tf.Tensor | undefined;
    const step = captureStep(
      ({ x }: { x: tf.Tensor }) => {
        calls++;
        mask ??= tf.keep(tf.tensor1d([1, 0, 1]));
        return tf.mul(x, mask);
      },
      { compare: 'later' },
    );
    for (const x of inputs) expect(step.runSync({ x }).dataSync()[1]).toBe(-0);
    expect([calls, step.refusal]).toEqual([3, undefined]);
  });

  it('leaves no tensor behind, whether it is refused or goes on', () => {
    for (const [, make] of going) {
      const step = captureStep(make(), { compare: 'later' });
      const count = (): number => tf.memory().numTensors;
      step.runSync({ x: inputs[0]! }).dispose();
      const before = count();
      step.runSync({ x: inputs[1]! }).dispose();
      // One of the list goes at each call.
      expect(before - count()).toBeGreaterThanOrEqual(0);
    }
  });
});

describe.skipIf(!present)('a recording that is broken off', () => {
  beforeAll(() => openDevice('tensorflow'));

  it('says so, has no effect, and leaves no tensor of the gradients', () => {
    const weight = tf.variable(tf.tensor1d([1, 2, 3]));
    const step = captureStep(({ x }: { x: tf.Tensor }) => {
      weight.assign(tf.add(weight, 1));
      const { value } = tf.variableGrads(() => {
        const loss = tf.sum(tf.square(tf.mul(weight, x))) as tf.Scalar;
        if (loss.rank === 0) throw new Error('broken off');
        return loss;
      });
      return value;
    });
    const x = tf.ones([3]);
    const before = tf.memory().numTensors;
    const failure = thrownBy(() => step.runSync({ x }));
    expect([String(failure), stoppedRecording(failure)]).toEqual(['Error: broken off', true]);
    expect(tf.memory().numTensors).toBe(before);
    expect([...weight.dataSync()]).toEqual([1, 2, 3]);
  });

  it('gives what was kept before the value that it has', () => {
    let kept: tf.Tensor | undefined;
    const step = captureStep(({ x }: { x: tf.Tensor }) => {
      kept = tf.keep(tf.mul(x, 2));
      return tf.tensor(x.dataSync());
    });
    expect(() => step.runSync({ x: tf.scalar(4) })).toThrow('HOOK_READ_VALUE');
    expect(kept!.dataSync()[0]).toBe(8);
  });

  it('names the kernel that reads a value, which is not the fault of who calls it', () => {
    tf.registerKernel({
      kernelName: 'ReadingKernel',
      backendName: 'tensorflow',
      kernelFunc: ({ inputs }) => tf.tensor((inputs['x'] as tf.Tensor).dataSync()),
    });
    const run = (x: tf.Tensor): tf.Tensor => tf.engine().runKernel('ReadingKernel', { x });
    expect([...run(tf.tensor1d([1, 2])).dataSync()]).toEqual([1, 2]);
    const step = captureStep(({ x }: { x: tf.Tensor }) => run(x));
    expect(() => step.runSync({ x: tf.ones([2]) })).toThrow(
      /^\[capture\] the kernel ReadingKernel reads the value of a tensor.*\(CAPTURE_READ\)$/,
    );
    tf.unregisterKernel('ReadingKernel', 'tensorflow');
  });

  it('is not what a failing call is', async () => {
    const step = captureStep(({ at }: { at: tf.Tensor }) => tf.gather(tf.ones([2]), at));
    const failure = await step.run({ at: tf.tensor1d([5], 'int32') }).catch((error: unknown) => error);
    expect([String(failure), stoppedRecording(failure)]).toEqual([
      expect.stringContaining('INDEX_OUT_OF'),
      false,
    ]);
  });
});

function thrownBy(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}
