import './software-adapter.ts';
import { presentDevices } from '@cantrip/testing';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { experimentalDeviceNames, openDevice } from '../../src/index.ts';
import { type Evaluated, evaluate } from '../ops/evaluate-row.ts';
import type { OpRow } from '../ops/rows/op-row.ts';
import { opRows } from '../ops/rows/index.ts';

/** What webgpu refuses in a sentence. */
const refused: readonly string[] = [
  'avgPool [2,5,6,2] 3 2 1 "ceil"',
  'avgPool3d [1,3,4,5,2] [1,2,3] [2,1,2] "same"',
  'avgPool3d [2,5,4,7,1] 2 3 "same"',
  'avgPool3d [2,6,3,9,1] 2 3 "same"',
  'conv3d [1,6,3,5,2] [2,2,2,2,1] 3 "same" ',
  'maxPool3d [1,3,4,5,2] [1,2,3] [2,1,2] "same"',
  'maxPool3d [2,5,4,7,1] 2 3 "same"',
  'maxPool3d [2,6,3,9,1] 2 3 "same"',
];

const rows = opRows.filter(({ absentOn }) => !absentOn?.includes('cpu'));

function expectNear(got: readonly Float32Array[], want: readonly Float32Array[]): void {
  expect(got.map(({ length }) => length)).toEqual(want.map(({ length }) => length));
  for (const [i, numbers] of want.entries()) {
    const scale = Math.max(1e-3, ...numbers.map(Math.abs));
    for (let at = 0; at < numbers.length; at++) {
      if (Object.is(got[i]![at], numbers[at])) continue;
      if (!(Math.abs(got[i]![at]! - numbers[at]!) / scale <= 1e-4))
        expect([...got[i]!], `number ${at} of ${i}`).toEqual([...numbers]);
    }
  }
}

describe.each(await presentDevices(experimentalDeviceNames))('on %s', (device) => {
  const wanted = new Map<OpRow, Evaluated>();
  beforeAll(async () => {
    await openDevice('cpu');
    for (const row of rows) wanted.set(row, await evaluate(row));
    await openDevice(device);
  });

  afterAll(() => tf.env().set('WEBGPU_CPU_FORWARD', true));

  it('refuses rows of the table alone', () => {
    const titles = rows.map(({ title }) => title);
    expect(refused.filter((title) => !titles.includes(title))).toEqual([]);
  });

  // The backend computes a few numbers on the host, as long as they were never on the GPU.
  describe.each([
    ['by the GPU', false],
    ['on the host, as far as it is so', true],
  ])('%s', (_, onHost) => {
    beforeAll(() => tf.env().set('WEBGPU_CPU_FORWARD', onHost));

    it.each(rows)(
      '$title gives the numbers of the processor and their gradient, or is refused',
      async (row) => {
        if (refused.includes(row.title)) return expect(evaluate(row)).rejects.toThrow(/\(OPTION_INVALID\)$/);
        const held = tf.backend().numDataIds();
        const got = await evaluate(row);
        expect(tf.backend().numDataIds() - held, 'buffers that are left').toBe(0);
        const want = wanted.get(row)!;
        expect(got.shapes).toEqual(want.shapes);
        expectNear(got.values, want.values);
        expectNear(got.gradients, want.gradients);
      },
    );
  });
});
