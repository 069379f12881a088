import * as tf from '@tensorflow/tfjs-core';
import { presentDevices } from '@cantrip/testing';
import { describe, expect, it } from 'vitest';
import { benchDevice } from '../benchmarks/measuring/bench-device.ts';
import type { Case } from '../property/case.ts';
import { checkCases } from '../property/check-cases.ts';
import { expectSame } from '../property/compare.ts';
import { drawCase } from '../property/draw-case.ts';
import type { Way } from '../property/make-trainer.ts';
import { roundingDecides } from '../property/rounding-decides.ts';
import { type Outcome, runCase } from '../property/run-case.ts';

const devices = await presentDevices([benchDevice, 'wasm']);
const all: readonly Way[] = [
  { device: benchDevice, capture: false },
  { device: benchDevice, capture: true },
  { device: 'wasm', capture: false },
];
const ways = all.filter(({ device }) => devices.includes(device as 'wasm'));

describe('any small training', () => {
  it('is the same captured, op by op and on wasm, and leaves no tensor', { timeout: 3_600_000 }, async () => {
    await checkCases(drawCase('any'), 0.25, async (given) => {
      const outcomes: Outcome[] = [];
      for (const way of ways) outcomes.push(await leavingNothing(() => runCase(given, way)));
      const [first, ...others] = outcomes;
      expect(first!.stepEnds).toBe(first!.steps);
      for (const other of others) await expectSameUnlessRoundingDecides(given, first!, other);
    });
  });

  it(
    'that is saved in the middle goes on as if never stopped, to the bit',
    { timeout: 3_600_000 },
    async () => {
      let at = 0;
      await checkCases(drawCase('any'), 0.15, async (given) => {
        const way = ways[at++ % ways.length]!;
        const stop = { step: given.run.stop?.step ?? 1, batchSize: given.data.batchSize };
        const stopped = await runCase({ ...given, run: { ...given.run, stop } }, way);
        const unbroken = await runCase({ ...given, run: { ...given.run, stop: null } }, way);
        expect(stopped).toEqual(unbroken);
        expect(unbroken.steps).toBe(stepsOf(given));
      });
    },
  );
});

const tolerances = {
  figures: { relative: 2e-4, absolute: 1e-5 },
  weights: { relative: 1e-3, absolute: 1e-5 },
};
const quarterOfTolerances = {
  figures: { relative: 5e-5, absolute: 2.5e-6 },
  weights: { relative: 2.5e-4, absolute: 2.5e-6 },
};

async function expectSameUnlessRoundingDecides(given: Case, first: Outcome, other: Outcome): Promise<void> {
  try {
    expectSame(other, first, tolerances);
  } catch (difference) {
    if (!(await roundingDecides(given, ways[0]!, first, quarterOfTolerances))) throw difference;
    console.info(`Rounding decides this training, so two ways need not agree: ${JSON.stringify(given)}`);
  }
}

function stepsOf({ data, run }: Case): number {
  const batches = Math.ceil(data.examples / data.batchSize);
  return run.epochs * Math.ceil(batches / run.accumulate);
}

async function leavingNothing(run: () => Promise<Outcome>): Promise<Outcome> {
  const before = tf.memory().numTensors;
  const outcome = await run();
  expect(tf.memory().numTensors, 'tensors that are left').toBe(before);
  return outcome;
}
