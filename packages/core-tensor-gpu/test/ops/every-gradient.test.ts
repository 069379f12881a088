import * as tf from '@tensorflow/tfjs-core';
import { captureStep, openDevice } from '@cantrip/core-tensor-gpu';
import { presentDevices } from '@cantrip/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  download,
  dot,
  type Evaluated,
  evaluate,
  forwardAndBack,
  gradientSlope,
  norm,
  slopeAlong,
} from './evaluate-row.ts';
import type { OpRow } from './rows/op-row.ts';
import { opRows } from './rows/index.ts';

const devices = (await presentDevices(['tensorflow', 'wasm', 'cpu'])) as ('tensorflow' | 'wasm' | 'cpu')[];

/** What TensorFlow gives, which other devices are compared with. */
const references = new Map<OpRow, Evaluated>();

function expectNear(
  got: readonly ArrayLike<number>[],
  want: readonly ArrayLike<number>[],
  part: number,
): void {
  expect(got.map(({ length }) => length)).toEqual(want.map(({ length }) => length));
  for (const [i, numbers] of want.entries()) {
    const scale = Math.max(1e-3, ...Array.from(numbers, Math.abs));
    for (let at = 0; at < numbers.length; at++) {
      if (Object.is(got[i]![at], numbers[at])) continue;
      const off = Math.abs(got[i]![at]! - numbers[at]!) / scale;
      if (!(off <= part))
        expect([...Array.from(got[i]!)], `number ${at} of ${i}`).toEqual([...Array.from(numbers)]);
    }
  }
}

/** Directions along which all inputs move at once. */
function directions({ inputs }: OpRow): Float32Array[][] {
  return [1, 2].map((phase) =>
    inputs.map(({ values }, i) => values.map((_, at) => Math.cos(2.3 * at + 5 * i + phase))),
  );
}

describe.each(devices)('on %s', (device) => {
  beforeAll(() => openDevice(device));
  const rows = opRows.filter(({ absentOn }) => !absentOn?.includes(device));

  it.each(rows)('$title has the gradient that differences show', async (row) => {
    const evaluated = await evaluate(row);
    if (device === 'tensorflow') references.set(row, evaluated);
    if (row.atKink !== undefined) {
      expectNear(evaluated.gradients, row.atKink, 1e-5);
    } else {
      for (const direction of directions(row)) {
        const got = evaluated.gradients.reduce((sum, some, i) => sum + dot(some, direction[i]!), 0);
        const scale = Math.max(0.3, norm(evaluated.gradients));
        expect(Math.abs(got - slopeAlong(row, direction)) / scale, 'difference').toBeLessThan(
          row.tolerance ?? 1e-3,
        );
      }
    }
    const reference = references.get(row);
    if (reference === undefined) return;
    expect(evaluated.shapes).toEqual(reference.shapes);
    expectNear(evaluated.values, reference.values, 1e-5);
    expectNear(evaluated.gradients, reference.gradients, 2e-5);
  });

  it.each(rows.filter(({ onlyOnce, atKink }) => onlyOnce !== true && atKink === undefined))(
    '$title can be differentiated again',
    (row) => {
      const direction = directions(row)[0]!;
      const { got, want } = gradientSlope(row, direction);
      expect(Math.abs(got - want) / Math.max(1, Math.abs(want))).toBeLessThan(5 * (row.tolerance ?? 1e-3));
    },
  );
});

describe.skipIf(!devices.includes('tensorflow'))('captured', () => {
  beforeAll(() => openDevice('tensorflow'));

  it.each(opRows.filter(({ absentOn }) => !absentOn?.includes('tensorflow')))(
    '$title is what it is op by op',
    async (row) => {
      const captured = captureStep((feeds: Record<string, tf.Tensor>) =>
        forwardAndBack(row, Object.values(feeds)),
      );
      const feeds = Object.fromEntries(
        row.inputs.map(({ values, shape }, i) => [`input${i}`, tf.tensor(values, [...shape])]),
      );
      const results = await captured.run(feeds);
      const { values, gradients } = references.get(row) ?? (await evaluate(row));
      expectNear(await download(results), [...values, ...gradients], 1e-5);
      captured.dispose();
      tf.dispose([results, feeds]);
    },
  );
});

describe('every gradient', () => {
  it('of tfjs-core and of ours has a row', () => {
    const kernels = (Object.values(tf) as unknown[]).filter((name) => typeof name === 'string');
    const registered = kernels.filter((name) => tf.getGradient(name) !== undefined);
    const tried = new Set(opRows.map(({ kernel }) => kernel));
    expect(registered.filter((name) => !tried.has(name))).toEqual([]);
  });
});
