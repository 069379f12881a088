import { presentDevices, tinyModel, tinyTrainer } from '@cantrip/testing';
import type { BatchSource, Plugin } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';

const [device] = await presentDevices(['tensorflow']);

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** The same bytes again and again. */
const bytes = (steps: number): BatchSource => ({
  stepsPerEpoch: steps,
  *batches({ start }) {
    const inputs = {
      values: new Uint8Array(8 * 36).fill(3),
      shape: [8, 6, 6, 1],
      normalization: { scale: 1 / 255, offset: 0 },
    };
    const targets = { values: Uint8Array.of(0, 1, 2, 0, 1, 2, 0, 1), shape: [8] };
    for (let step = start; step < steps; step++) yield { inputs, targets, size: 8 };
  },
});

const youngGeneration = (): number =>
  getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')!.physical_space_size;

/**
 * Brings V8's young generation to the size it has in a process that has run for a while (32 MiB of pages in Node 20).
 * V8 takes these pages bit by bit, whatever runs: without this they come during the first thousands of steps, and are
 * most of the growth there is (6 of 8 MB; none comes between 10,000 and 40,000 steps).
 */
function growYoungGeneration(): void {
  for (let before = -1; youngGeneration() > before;) {
    before = youngGeneration();
    // Objects must survive a collection for V8 to find its young generation too small.
    for (let round = 0; round < 8; round++) Array.from({ length: 200_000 }, (_, index) => ({ index }));
  }
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** The resident set in bytes, without what the garbage collector would free: the median of nine readings. */
async function residentSet(): Promise<number> {
  const readings: number[] = [];
  for (let i = 0; i < 9; i++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 20));
    readings.push(process.memoryUsage.rss());
  }
  return median(readings);
}

interface Seen {
  readonly step: number;
  readonly rss: number;
  readonly tensors: number;
}

/** Trains captured, `epoch` steps an epoch, and looks at the process after each of two steps. */
async function seenAt(at: readonly [number, number], epoch: number, plugins: Plugin[] = []): Promise<Seen[]> {
  const seen: Seen[] = [];
  const meter: Plugin = {
    name: 'meter',
    async onEpochEnd({ step }) {
      if (at.includes(step)) seen.push({ step, rss: await residentSet(), tensors: tf.memory().numTensors });
    },
  };
  growYoungGeneration();
  const trainer = tinyTrainer([meter, ...plugins], {
    device: 'tensorflow',
    capture: true,
    model: tinyModel,
  });
  await trainer.fit(bytes(epoch), { epochs: at[1] / epoch });
  trainer.dispose();
  expect(seen.map(({ step }) => step)).toEqual(at);
  return seen;
}

describe.skipIf(!device)('the process', () => {
  it('grows by less than 1 % over 10,000 captured steps after the first 1,500, and holds as many tensors', async () => {
    // From 434 MB, 2 come between steps 500 and 1,500, where V8 still compiles, and 2 in the next 9,000 steps.
    const [before, after] = await seenAt([1500, 11_500], 500);
    expect(after!.tensors).toBe(before!.tensors);
    expect(after!.rss / before!.rss).toBeLessThan(1.01);
  });

  it('grows by less than 2 % over 300 recordings of the step, each in the place of the one before', async () => {
    const again: Plugin = { name: 'again', onStepEnd: ({ run }) => run.restructure() };
    const [before, after] = await seenAt([50, 350], 50, [again]);
    expect(after!.tensors).toBe(before!.tensors);
    expect(after!.rss / before!.rss).toBeLessThan(1.02);
  });
});
