import { blocksIn, type DrawPlace, drawNormal, drawUniform, stepTensor } from '@cantrip/ops';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import golden from '../../../ops/test/golden/philox.json' with { type: 'json' };
import { nativeBinding } from '../native/native-binding.ts';
import { requireDevice } from '../require-device.ts';

const cases = Object.entries(golden.cases);
const place = ({ seed, stream, step, block }: (typeof cases)[number][1]): DrawPlace => ({
  seed: BigInt(seed),
  stream,
  step,
  block,
});
const read = (draw: () => tf.Tensor): number[] => tf.tidy(() => [...draw().dataSync()]);
const where = { seed: 3, stream: 'dropout', step: 5 };

const devices = await Promise.all(
  (['tensorflow', 'wasm', 'cpu'] as const).map(async (name) => ({
    name,
    absent: (await requireDevice(name)) === undefined,
  })),
);

describe.each(devices)('on $name', ({ name, absent }) => {
  describe.skipIf(absent)('drawn tensors', () => {
    beforeAll(async () => {
      await requireDevice(name);
    });

    it.each(cases)("are Python TensorFlow's %s", (_name, expected) => {
      const uniform = read(() => drawUniform([10], place(expected)));
      expect(uniform).toEqual(expected.uniform.map(Math.fround));
      const normal = read(() => drawNormal([2, 5], place(expected)));
      expected.normal.forEach((value, i) =>
        expect(Math.abs(normal[i]! - value)).toBeLessThanOrEqual(golden.tolerance.absolute),
      );
    });

    it('are the same whether the step is a number or a tensor', () => {
      for (const step of [0, 7, 2 ** 31 - 1]) {
        const here = { ...where, step };
        for (const draw of [drawUniform, drawNormal]) {
          const byTensor = read(() => draw([9], { ...here, stepTensor: stepTensor(step) }));
          expect(byTensor).toEqual(read(() => draw([9], here)));
        }
      }
    });

    it('have the shape asked for, also when it is a scalar or empty', () => {
      for (const shape of [[], [0, 3], [2, 3, 1]]) {
        const drawn = drawUniform(shape, where);
        expect([drawn.shape, drawn.dtype]).toEqual([shape, 'float32']);
        drawn.dispose();
      }
    });

    it('go on where the one before ends', () => {
      const second = read(() => drawUniform([4], { ...where, block: blocksIn([2, 3]) }));
      expect(second).toEqual(read(() => drawUniform([12], where)).slice(8));
    });

    it('leave nothing else behind', () => {
      const tensors = tf.memory().numTensors;
      const handles = name === 'tensorflow' ? nativeBinding().getNumOfTensors() : 0;
      tf.tidy(() => void drawNormal([5], { ...where, stepTensor: stepTensor(5) }));
      expect(tf.memory().numTensors).toBe(tensors);
      if (name === 'tensorflow') expect(nativeBinding().getNumOfTensors()).toBe(handles);
    });
  });
});

it('normal numbers are equal bit for bit on the devices where the host draws them', async () => {
  const drawn: number[][] = [];
  for (const name of ['wasm', 'cpu'] as const) {
    await requireDevice(name);
    drawn.push(read(() => drawNormal([1000], where)));
  }
  expect(drawn[0]).toEqual(drawn[1]);
});

const native = devices[0]!;

describe.skipIf(native.absent)('on a native device', () => {
  it('a draw follows the step tensor, so that a recorded one can be fed another step', async () => {
    await requireDevice('tensorflow');
    const fed = read(() => drawUniform([4], { ...where, stepTensor: stepTensor(6) }));
    expect(fed).toEqual(read(() => drawUniform([4], { ...where, step: 6 })));
  });
});

describe('a draw refuses', () => {
  it.each([-1, 2 ** 31, 1.5, Number.NaN])('the step %d as a tensor', (step) => {
    expect(() => stepTensor(step)).toThrow(
      `[stepTensor] step must be an integer in [0, 2^31) as a tensor, got ${step}. Set step to an integer in [0, 2^31) as a tensor. (OPTION_INVALID)`,
    );
  });

  it('a step beyond int32 next to a step tensor', () => {
    expect(() => drawUniform([1], { ...where, step: 2 ** 31, stepTensor: stepTensor(0) })).toThrow(
      '[drawUniform] step must be an integer in [0, 2^31) as a tensor, got 2147483648',
    );
  });

  it('a step tensor of another type', () => {
    expect(() => drawNormal([1], { ...where, stepTensor: tf.scalar(5) })).toThrow(
      '[drawNormal] stepTensor must be an int32 scalar, got float32 of shape []. Create it with stepTensor(step). (DTYPE_MISMATCH)',
    );
  });

  it.each([
    ['seed', 0.5],
    ['step', -1],
    ['block', 1.5],
  ])('a wrong %s, in its own name', (name, value) => {
    expect(() => drawUniform([1], { ...where, [name]: value })).toThrow(`[drawUniform] ${name} must be`);
  });
});
