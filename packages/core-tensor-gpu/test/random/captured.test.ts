import { type CaptureOptions, captureStep } from '@cantrip/core-tensor-gpu';
import { drawNormal, type DrawPlace, drawUniform, fillUniform, stepTensor } from '@cantrip/ops';
import { expectClose } from '@cantrip/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import golden from '../../../ops/test/golden/philox.json' with { type: 'json' };
import { requireDevice } from '../require-device.ts';

const present = (await requireDevice('tensorflow')) !== undefined;
const place = { seed: 42n, stream: 'dropout' };
const atStep = golden.cases['a stream at step 7'];
const shape = [3, 5];

/** What the host fills, which the goldens of Python's TensorFlow pin down. */
const filled = (step: number): number[] => {
  const values = new Float32Array(15);
  fillUniform(values, { ...place, step });
  return [...values];
};

describe.skipIf(!present)('a draw in a captured step', () => {
  beforeAll(async () => {
    await requireDevice('tensorflow');
  });

  // Recorded at the first step and fed the others.
  const steps = [3, 0, 7, 2 ** 31 - 1];
  const recorded = (
    draw: (shape: number[], place: DrawPlace) => tf.Tensor,
    options: CaptureOptions = {},
  ): ((step: number) => number[]) => {
    const captured = captureStep(
      ({ step }: { step: tf.Scalar }) => ({
        drawn: draw(shape, { ...place, step: steps[0]!, stepTensor: step }),
      }),
      options,
    );
    return (step) => {
      const fed = stepTensor(step);
      const { drawn } = captured.runSync({ step: fed });
      const values = [...drawn.dataSync()];
      tf.dispose([fed, drawn]);
      return values;
    };
  };

  it('is uniform with the numbers of every other device, bit for bit, at each step that is fed', () => {
    const at = recorded(drawUniform);
    for (const step of steps) expect(at(step)).toEqual(filled(step));
    expect(at(7).slice(0, 10)).toEqual(atStep.uniform.map(Math.fround));
  });

  it('is normal with the numbers that it has op by op, bit for bit', () => {
    const at = recorded(drawNormal);
    for (const step of steps) {
      const eager = tf.tidy(() => [...drawNormal(shape, { ...place, step }).dataSync()]);
      expect(at(step)).toEqual(eager);
    }
    atStep.normal.forEach((value, i) =>
      expect(Math.abs(at(7)[i]! - value)).toBeLessThanOrEqual(golden.tolerance.absolute),
    );
  });

  it('has the same numbers where XLA compiles it: uniform ones bit for bit, normal ones to 1e-6', () => {
    const uniform = recorded(drawUniform, { compile: 'xla' });
    const normal = recorded(drawNormal, { compile: 'xla' });
    const normalOpByOp = recorded(drawNormal);
    for (const step of steps) {
      expect(uniform(step)).toEqual(filled(step));
      expectClose(normal(step), normalOpByOp(step), { absolute: 1e-6 });
    }
  });
});
