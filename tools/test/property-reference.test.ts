import { presentDevices } from '@cantrip/testing';
import { describe, it } from 'vitest';
import { checkCases } from '../property/check-cases.ts';
import { expectSame } from '../property/compare.ts';
import { drawCase } from '../property/draw-case.ts';
import { epochOrders } from '../property/epoch-orders.ts';
import { referenceLoop } from '../property/reference/reference-loop.ts';
import { runCase } from '../property/run-case.ts';

const [device = 'cpu'] = await presentDevices(['tensorflow', 'wasm']);

describe('any small training of dense layers', () => {
  it('is what a plain loop in float64 gives', { timeout: 3_600_000 }, async () => {
    await checkCases(drawCase('dense'), 0.6, async (given) => {
      const orders = await epochOrders(given);
      const expected = referenceLoop(given, (epoch) => orders[epoch]!);
      expectSame(await runCase(given, { device, capture: false }), expected, {
        figures: { relative: 1e-3, absolute: 1e-5 },
        weights: { relative: 1e-3, absolute: 1e-5 },
      });
    });
  });
});
