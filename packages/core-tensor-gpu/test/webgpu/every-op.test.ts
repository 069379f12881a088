import './software-adapter.ts';
import { presentDevices } from '@cantrip/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { experimentalDeviceNames, openDevice } from '../../src/index.ts';
import { type Evaluated, evaluate } from '../ops/evaluate-row.ts';
import type { OpRow } from '../ops/rows/op-row.ts';
import { opRows } from '../ops/rows/index.ts';

/** What an op says that webgpu does not have. */
const refused = /\((OPTION_INVALID|DEVICE_FAILED|DEVICE_READ_SYNC)\)$|Where for rank 5 is not yet supported/;

/** What the stock backend gives otherwise: sines of a GPU are less exact; docs/decisions/0033 tells of the rest. */
const others =
  /^(cos|sin|tan|rfft|stridedSlice: (one dropped axis|nothing)|image\.transform, nearest|(reshape|stack) of complex|a product of complex numbers that broad)/;

const rows = opRows.filter(({ absentOn, title }) => !absentOn?.includes('cpu') && !others.test(title));

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

  it.each(rows)(
    '$title gives the numbers of the processor and their gradient, or is refused',
    async (row) => {
      const want = wanted.get(row)!;
      const got = await evaluate(row).catch((error: Error) => error.message);
      if (typeof got === 'string') return expect(got).toMatch(refused);
      expect(got.shapes).toEqual(want.shapes);
      expectNear(got.values, want.values);
      expectNear(got.gradients, want.gradients);
    },
  );
});
