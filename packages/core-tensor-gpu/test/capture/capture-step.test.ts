import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { presentDevices } from '@cantrip/testing';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { captureStep, openDevice, whyNoCapture } from '../../src/index.ts';
import { nativeBinding } from '../native/native-binding.ts';

const present = await presentDevices(['tensorflow']);

function catchError(run: () => unknown): Error {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

describe.skipIf(!present.includes('tensorflow'))('a captured step on TensorFlow', () => {
  beforeAll(() => openDevice('tensorflow'));

  it('returns what the function returns, in the same tree', async () => {
    const step = captureStep(({ x, y }: { x: tf.Tensor; y: tf.Tensor }) => ({
      sum: tf.add(x, y),
      list: [tf.neg(x)],
    }));
    const { sum, list } = await step.run({ x: tf.tensor1d([1, 2]), y: 10 });
    expect([...sum.dataSync(), ...list[0]!.dataSync()]).toEqual([11, 12, -1, -2]);
    step.dispose();
  });

  it('runs the JavaScript once for each signature, and once more for each structure to compare', async () => {
    let calls = 0;
    const step = captureStep(({ x }: { x: tf.Tensor }) => {
      calls++;
      return tf.sum(x);
    });
    for (const size of [3, 3, 2, 3, 2]) (await step.run({ x: tf.ones([size]) })).dispose();
    expect([calls, step.recordings]).toEqual([2 + 1, 2]);
    await step.run({ x: tf.ones([3]) }, { structure: 'other' });
    expect([calls, step.recordings]).toEqual([3 + 2, 3]);
    step.forget();
    await step.run({ x: tf.ones([3]) });
    expect([calls, step.recordings]).toEqual([4 + 3, 1]);
    step.dispose();
  });

  it('tells inputs of one shape apart by their names, in whatever order they come', async () => {
    const step = captureStep(({ x, y }: { x: tf.Tensor; y: tf.Tensor }) => tf.sub(x, y));
    const results = [await step.run({ x: 5, y: 3 }), await step.run({ y: 3, x: 5 })];
    expect(results.map((result) => result.dataSync()[0])).toEqual([2, 2]);
    step.dispose();
  });

  it('keeps the recordings that were used last, and no more than 64', async () => {
    let calls = 0;
    const step = captureStep(({ x }: { x: tf.Tensor }) => {
      calls++;
      return tf.sum(x);
    });
    const run = (size: number): void => step.runSync({ x: tf.ones([size]) }).dispose();
    for (let size = 1; size <= 70; size++) {
      run(size);
      run(1);
    }
    // The first recording runs twice, and the tenth call of one signature is compared.
    expect([calls, step.recordings]).toEqual([70 + 2, 64]);
    run(2);
    expect(calls).toBe(71 + 2);
    step.dispose();
  });

  it('changes nothing while it records', () => {
    const variable = tf.variable(tf.scalar(1));
    const step = captureStep(({ x }: { x: tf.Tensor }) => {
      variable.assign(tf.add(variable, x));
      throw new Error('half way');
    });
    expect(() => step.runSync({ x: tf.scalar(5) })).toThrow('half way');
    expect(variable.dataSync()[0]).toBe(1);
    expect(tf.tidy(() => tf.add(variable, 1).dataSync()[0])).toBe(2);
  });

  describe('variables', () => {
    const counter = (): {
      variable: tf.Variable;
      step: ReturnType<typeof captureStep<{ by: tf.Tensor }, tf.Tensor>>;
    } => {
      const variable = tf.variable(tf.scalar(0));
      const step = captureStep<{ by: tf.Tensor }, tf.Tensor>(({ by }) => {
        variable.assign(tf.add(variable, by));
        return tf.mul(variable, 1);
      });
      return { variable, step };
    };

    it('hold the new value after each call, whoever reads it', async () => {
      const { variable, step } = counter();
      await step.run({ by: 2 });
      expect([variable.dataSync()[0], (await variable.data())[0]]).toEqual([2, 2]);
      step.runSync({ by: 3 });
      expect(tf.tidy(() => tf.mul(variable, 10).dataSync()[0])).toBe(50);
    });

    it('are read anew, so that a value assigned by plain code counts', async () => {
      const { variable, step } = counter();
      await step.run({ by: 2 });
      variable.assign(tf.scalar(100));
      expect((await step.run({ by: 1 })).dataSync()[0]).toBe(101);
    });

    it('leave a clone and a second variable of the same tensor as they were', async () => {
      const { variable, step } = counter();
      await step.run({ by: 1 });
      const clone = variable.clone();
      const second = tf.variable(variable);
      await step.run({ by: 1 });
      expect([variable, clone, second].map((tensor) => tensor.dataSync()[0])).toEqual([2, 1, 1]);
    });

    it('that share one tensor when the step is recorded are still two', async () => {
      const zero = tf.scalar(0);
      const [a, b] = [tf.variable(zero), tf.variable(zero)];
      const step = captureStep(({ by }: { by: tf.Tensor }) => {
        a.assign(tf.add(a, by));
        return tf.add(a, tf.mul(b, 100));
      });
      await step.run({ by: 1 });
      b.assign(tf.scalar(7));
      expect((await step.run({ by: 1 })).dataSync()[0]).toBe(702);
      expect(zero.dataSync()[0]).toBe(0);
    });

    it('keep what plain code assigns while the step runs', async () => {
      const { variable, step } = counter();
      await step.run({ by: 1 });
      const running = step.run({ by: 1 });
      await Promise.resolve();
      variable.assign(tf.scalar(50));
      await running;
      expect(variable.dataSync()[0]).toBe(50);
      expect((await step.run({ by: 1 })).dataSync()[0]).toBe(51);
    });

    it('are one value or the other for who reads them while the step runs', async () => {
      const { variable, step } = counter();
      await step.run({ by: 1 });
      const running = step.run({ by: 1 });
      await Promise.resolve();
      expect([1, 2]).toContain(tf.tidy(() => tf.mul(variable, 1).dataSync()[0]));
      await running;
      expect(variable.dataSync()[0]).toBe(2);
    });

    it('that the step makes begin with the value of their expression', async () => {
      let slot: tf.Variable | undefined;
      const step = captureStep(({ x }: { x: tf.Tensor }) => {
        slot ??= tf.variable(tf.add(tf.zeros([2]), 3));
        slot.assign(tf.add(slot, x));
        return tf.sum(slot);
      });
      const x = tf.tensor1d([1, 2]);
      const sums = [(await step.run({ x })).dataSync()[0], (await step.run({ x })).dataSync()[0]];
      expect(sums).toEqual([9, 12]);
      expect([...slot!.dataSync()]).toEqual([5, 7]);
    });

    it('that depend on the batch when they are made are refused', () => {
      const step = captureStep(({ x }: { x: tf.Tensor }) => tf.mul(tf.variable(tf.add(x, 1)), 1));
      expect(() => step.runSync({ x: tf.scalar(1) })).toThrow(/CAPTURE_VARIABLE/);
    });

    it('of a device that was closed since do not stand in the way, and those of another device are found', async () => {
      tf.variable(tf.scalar(1));
      await openDevice('cpu');
      const elsewhere = tf.variable(tf.scalar(3));
      await openDevice('tensorflow');
      const step = captureStep(({ x }: { x: tf.Tensor }) => {
        elsewhere.assign(tf.add(elsewhere, x));
        return tf.neg(elsewhere);
      });
      const results = [await step.run({ x: 1 }), await step.run({ x: 1 })];
      expect(results.map((result) => result.dataSync()[0])).toEqual([-4, -5]);
    });

    it('that were disposed of and replaced are found out', async () => {
      const model = { weight: tf.variable(tf.scalar(2)) };
      const step = captureStep(({ x }: { x: tf.Tensor }) => tf.mul(model.weight, x));
      expect((await step.run({ x: tf.scalar(3) })).dataSync()[0]).toBe(6);
      model.weight.dispose();
      model.weight = tf.variable(tf.scalar(5));
      expect((await step.run({ x: tf.scalar(3) })).dataSync()[0]).toBe(15);
      expect(step.recordings).toBe(1);
    });
  });

  it('finds a variable that another one replaced without being disposed of', async () => {
    const model = { weight: tf.variable(tf.scalar(2)) };
    let calls = 0;
    const step = captureStep(({ x }: { x: tf.Tensor }) => (calls++, tf.mul(model.weight, x)));
    await step.run({ x: 3 });
    model.weight = tf.variable(tf.scalar(5));
    expect((await step.run({ x: 3 })).dataSync()[0]).toBe(15);
    await step.run({ x: 3 });
    expect([calls, step.recordings]).toEqual([2 + 1, 1]);
  });

  it('goes on with its recording where new variables replace none', async () => {
    const weight = tf.variable(tf.scalar(2));
    const step = captureStep(({ x }: { x: tf.Tensor }) => tf.mul(weight, x));
    await step.run({ x: 3 });
    const functions = vi.spyOn(nativeBinding().library.graph, 'addFunction');
    tf.variable(tf.scalar(5));
    await step.run({ x: 3 });
    expect(functions).not.toHaveBeenCalled();
  });

  it('refuses to run at once what may change the variables of a call under way', async () => {
    const step = captureStep(({ x }: { x: tf.Tensor }) => tf.neg(x));
    const running = step.run({ x: 1 });
    expect(() => step.runSync({ x: 2 })).toThrow(/Await run first.*STEP_BUSY/);
    await running;
    expect(step.runSync({ x: 2 }).dataSync()[0]).toBe(-2);
  });

  it('is forgotten when its call under way is done', async () => {
    const step = captureStep(({ x }: { x: tf.Tensor }) => tf.neg(x));
    await step.run({ x: 1 });
    const running = step.run({ x: 2 });
    step.dispose();
    expect((await running).dataSync()[0]).toBe(-2);
    expect(step.recordings).toBe(0);
  });

  it('that reads a variable which is gone fails as it does op by op, each time, and goes on with another', async () => {
    const model = { weight: tf.variable(tf.scalar(2)) };
    const step = captureStep(({ x }: { x: tf.Tensor }) => tf.mul(model.weight, x));
    await step.run({ x: 1 });
    model.weight.dispose();
    const eagerly = catchError(() => tf.mul(model.weight, 1));
    for (let i = 0; i < 2; i++) await expect(step.run({ x: 1 })).rejects.toThrow(eagerly);
    model.weight = tf.variable(tf.scalar(3));
    expect((await step.run({ x: 1 })).dataSync()[0]).toBe(3);
  });

  it('frees what it was fed when one of the tensors is disposed', () => {
    const step = captureStep(({ x, y }: { x: tf.Tensor; y: tf.Tensor }) => tf.add(x, y));
    const y = tf.scalar(1);
    step.runSync({ x: 1, y }).dispose();
    y.dispose();
    const before = nativeBinding().getNumOfTensors();
    expect(() => step.runSync({ x: 1, y })).toThrow();
    expect(nativeBinding().getNumOfTensors()).toBe(before);
  });

  it('reads tensors from outside anew, and records anew when one is gone', async () => {
    const outside = { factor: tf.keep(tf.scalar(2)) };
    const step = captureStep(({ x }: { x: tf.Tensor }) => tf.mul(x, outside.factor));
    expect((await step.run({ x: tf.scalar(3) })).dataSync()[0]).toBe(6);
    outside.factor.dispose();
    outside.factor = tf.keep(tf.scalar(4));
    expect((await step.run({ x: tf.scalar(3) })).dataSync()[0]).toBe(12);
  });

  it('takes bytes as bytes and normalises them inside', async () => {
    const normalization = { scale: [1, 2], offset: 0.5 };
    const step = captureStep(({ x }: { x: tf.Tensor }) => tf.mul(x, 1));
    const result = await step.run({
      x: { values: Uint8Array.of(1, 2, 3, 200), shape: [2, 2], normalization },
    });
    expect([...result.dataSync()]).toEqual([1.5, 4.5, 3.5, 400.5]);
  });

  it('takes an op whose attributes eager execution infers', async () => {
    const step = captureStep(({ x }: { x: tf.Tensor }) => [
      tf.expandDims(x, 1),
      tf.concat([x, x]),
      ...tf.split(x, 2),
      tf.stack([x, x], 1),
      tf.reverse(x),
      tf.cast(x, 'int32'),
      tf.oneHot(tf.cast(x, 'int32'), 3),
      tf.addN([x, x, x]),
    ]);
    const results = await step.run({ x: tf.tensor1d([1, 2, 0, 1]) });
    expect(results.map(({ shape }) => shape)).toEqual([[4, 1], [8], [2], [2], [4, 2], [4], [4], [4, 3], [4]]);
    expect([...results.at(-1)!.dataSync()]).toEqual([3, 6, 0, 3]);
  });

  it('lets the inputs decide an element type that the kernel states wrongly, as eager execution does', async () => {
    const step = captureStep(({ x }: { x: tf.Tensor }) => tf.mean(x));
    expect((await step.run({ x: tf.tensor1d([1, 2], 'int32') })).dataSync()[0]).toBe(1.5);
  });

  it('tells 0 from -0 among its constants', async () => {
    const step = captureStep(({ x }: { x: tf.Tensor }) => tf.stack([tf.div(x, 0), tf.div(x, -0)]));
    expect([...(await step.run({ x: 1 })).dataSync()]).toEqual([Infinity, -Infinity]);
  });

  it('leaves out what nothing hangs on', async () => {
    const step = captureStep(({ x }: { x: tf.Tensor }) => {
      for (let i = 0; i < 10; i++) tf.matMul(x as tf.Tensor2D, x as tf.Tensor2D);
      return tf.neg(x);
    });
    await step.run({ x: tf.ones([2, 2]) });
    expect(step.operations).toBeLessThanOrEqual(2);
  });

  describe('says what cannot be captured', () => {
    const failure =
      (step: (inputs: { x: tf.Tensor }) => tf.Tensor): (() => void) =>
      () => {
        captureStep(step).runSync({ x: tf.tensor1d([1, 2]) });
      };

    it('a value that is read', () => {
      expect(failure(({ x }) => tf.scalar(x.dataSync()[0]!))).toThrow(/HOOK_READ_VALUE/);
    });
    it('a stateful op, by name', () => {
      const draw = (): tf.Tensor => {
        const backend = tf.backend() as unknown as {
          binding: { executeOp(...given: unknown[]): unknown[]; TF_FLOAT: number };
          getInputTensorIds(tensors: tf.Tensor[]): number[];
          createOutputTensor(metadata: unknown): tf.Tensor;
        };
        const ids = backend.getInputTensorIds([tf.tensor1d([2], 'int32')]);
        const attributes = [{ name: 'dtype', type: 4, value: backend.binding.TF_FLOAT }];
        return backend.createOutputTensor(backend.binding.executeOp('RandomUniform', attributes, ids, 1)[0]);
      };
      expect(failure(draw)).toThrow(/RandomUniform.*CAPTURE_STATEFUL/);
    });
    it('a shape that depends on values', () => {
      expect(failure(({ x }) => tf.unique(x as tf.Tensor1D).values)).toThrow(/Unique.*CAPTURE_SHAPE/);
    });
    it('a tensor that it keeps anew each time, which has its value nevertheless', async () => {
      let leaked: tf.Tensor | undefined;
      const step = captureStep(({ x }: { x: tf.Tensor }) => {
        leaked = tf.keep(tf.mul(x, 2));
        return tf.neg(x);
      });
      await expect(step.run({ x: tf.scalar(3) })).rejects.toThrow(
        /keeps a new tensor of shape \[\] at each run.*\(CAPTURE_STATE\)$/,
      );
      expect(tf.add(leaked!, 1).dataSync()[0]).toBe(7);
    });
  });

  it('keeps timers going while a long step runs', async () => {
    const step = captureStep(({ x }: { x: tf.Tensor2D }) => {
      let y = x;
      for (let i = 0; i < 12; i++) y = tf.matMul(y, x);
      return tf.sum(y);
    });
    const x = tf.mul(tf.ones([1500, 1500]), 1e-3) as tf.Tensor2D;
    (await step.run({ x })).dispose();
    let ticks = 0;
    const started = performance.now();
    const timer = setInterval(() => ticks++, 5);
    for (let i = 0; i < 3; i++) (await step.run({ x })).dispose();
    clearInterval(timer);
    expect(ticks).toBeGreaterThanOrEqual(((performance.now() - started) / 5) * 0.5);
  });

  it('frees every tensor and every function', async () => {
    const binding = nativeBinding();
    const variable = tf.variable(tf.zeros([10]));
    const run = async (count: number): Promise<void> => {
      const step = captureStep(({ x, bytes, rate }: Record<'x' | 'bytes' | 'rate', tf.Tensor>) => {
        variable.assign(tf.add(variable, tf.addN([tf.mul(x, rate), bytes])));
        return { loss: tf.sum(variable) };
      });
      const x = tf.ones([10]);
      const bytes = { values: new Uint8Array(10), shape: [10], normalization: { scale: 2, offset: 1 } };
      for (let i = 0; i < count; i++) (await step.run({ x, bytes, rate: i })).loss.dispose();
      x.dispose();
      step.dispose();
    };
    await run(2);
    const [tensors, native] = [tf.memory().numTensors, binding.getNumOfTensors()];
    await run(20);
    expect([tf.memory().numTensors, binding.getNumOfTensors()]).toEqual([tensors, native]);
  });

  it('lets XLA compile it', async () => {
    const step = captureStep(({ x }: { x: tf.Tensor }) => tf.sum(tf.tanh(tf.mul(x, 2))), { compile: 'xla' });
    const value = (await step.run({ x: tf.tensor1d([0.5, 1]) })).dataSync()[0]!;
    expect(value).toBeCloseTo(Math.tanh(1) + Math.tanh(2), 5);
  });
});

describe('other devices', () => {
  it.skipIf(!present.includes('tensorflow'))('opened since leave a step where it was captured', async () => {
    await openDevice('tensorflow');
    const step = captureStep(({ x }: { x: tf.Tensor }) => tf.neg(x));
    await openDevice('cpu');
    expect((await step.run({ x: 1 })).dataSync()[0]).toBe(-1);
    const running = step.run({ x: 2 });
    await openDevice('tensorflow');
    await openDevice('cpu');
    expect([(await running).dataSync()[0], tf.getBackend()]).toEqual([-2, 'cpu']);
    step.dispose();
  });

  it.skipIf(!present.includes('tensorflow'))(
    'that took the place of its own make a step useless, but free it safely',
    async () => {
      await openDevice('tensorflow');
      const step = captureStep(({ x }: { x: tf.Tensor }) => tf.neg(x));
      await step.run({ x: 1 });
      tf.engine().reset();
      await openDevice('tensorflow');
      await expect(step.run({ x: 1 })).rejects.toThrow(
        /was closed, and the values on it are lost.*DEVICE_CLOSED/,
      );
      step.dispose();
    },
  );

  it('say that they run op by op', async () => {
    await openDevice('cpu');
    expect(whyNoCapture()).toMatch(/cpu runs op by op/);
    expect(() => captureStep(({ x }: { x: tf.Tensor }) => x)).toThrow(/CAPTURE_UNSUPPORTED/);
  });
});
