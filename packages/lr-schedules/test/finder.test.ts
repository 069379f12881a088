import { sgd, scheduled } from '@cantrip/optimizers';
import {
  expectClose,
  loadGolden,
  plainSnapshot,
  presentDevices,
  tinyData,
  tinyTrainer,
  weightsOf,
} from '@cantrip/testing';
import type { HostBatch, HostTensor } from '@cantrip/ops';
import type { AnyPlugin, BatchSource, Plugin, Trainer } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  constant,
  cosine,
  findLearningRate,
  type FindLearningRateOptions,
  hyperparameterSchedule,
  linear,
  lrSchedule,
  plotSweep,
  reduceOnPlateau,
  suggestLearningRates,
  type Suggestions,
} from '../src/index.ts';

interface Case {
  readonly rates: readonly number[];
  readonly losses: readonly number[];
  readonly suggestions: Suggestions;
}

describe('the suggestions are those of fastai', () => {
  const url = new URL('./golden/finder.json', import.meta.url);
  const { cases, tolerance } = loadGolden<Readonly<Record<string, Case>>>(url);
  it.each(Object.entries(cases))('%s', (_, { rates, losses, suggestions }) => {
    const found = suggestLearningRates(rates, losses);
    for (const name of ['valley', 'slide', 'minimum', 'steepest'] as const) {
      expectClose([found[name]!], [suggestions[name]!], tolerance);
    }
  });

  it('and none where there is too little to see', () => {
    const nothing = { valley: undefined, slide: undefined, minimum: undefined, steepest: undefined };
    expect(suggestLearningRates([], [])).toEqual(nothing);
    expect(suggestLearningRates([0.1], [1])).toEqual({ ...nothing, valley: 0.1, minimum: 0.01 });
  });
});

describe('suggestLearningRates', () => {
  it('takes what findLearningRate has found, and looks at what it says', async () => {
    const trainer = tinyTrainer([lrSchedule(constant({ value: 1 }))]);
    const found = await findLearningRate(trainer, tinyData(), { steps: 30, skipStart: 4, skipEnd: 2 });
    trainer.dispose();
    expect(suggestLearningRates(found)).toEqual(found.suggestions);
    const looked = found.points.slice(4, found.points.length - 2);
    expect(found.suggestions).toEqual(
      suggestLearningRates(
        looked.map(({ learningRate }) => learningRate),
        looked.map(({ smoothedLoss }) => smoothedLoss),
      ),
    );
    const least = Math.min(...found.points.map(({ smoothedLoss }) => smoothedLoss));
    const { learningRate } = found.points.find(({ smoothedLoss }) => smoothedLoss === least)!;
    expect(suggestLearningRates({ ...found, skipStart: 0, skipEnd: 0 }).minimum).toBe(learningRate / 10);
  });

  it.each([
    ['two lists of unlike length', [[0.1, 1], [1]], 'got 2 rates and 1 losses'],
    ['a list alone', [[0.1, 1]], 'losses must be'],
    [
      'points that are none',
      [{ points: [1], skipStart: 0, skipEnd: 0 }],
      'sweep.points[0] must be an object',
    ],
    ['a promise of a sweep', [Promise.resolve()], 'sweep'],
  ])('refuses %s', (_, given, message) => {
    const call = suggestLearningRates as (...given: unknown[]) => unknown;
    expect(() => call(...given)).toThrow(message);
    expect(() => call(...given)).toThrow('OPTION_INVALID');
  });
});

/** Batches of 6, 2 and 8 examples with these weights each, again and again. */
function weighted(weights: readonly number[]): BatchSource {
  const source = tinyData({ examples: 24, batch: 8 });
  return {
    batchesPerEpoch: 3,
    *batches(request) {
      const sizes = [6, 2, 8];
      for (const [index, batch] of [...(source.batches(request) as Iterable<HostBatch>)].entries()) {
        const place = (request.start + index) % 3;
        const size = sizes[place]!;
        const part = ({ values, shape }: HostTensor): HostTensor => ({
          values: values.slice(0, (values.length / 8) * size),
          shape: [size, ...shape.slice(1)],
        });
        yield {
          inputs: part(batch.inputs as HostTensor),
          targets: part(batch.targets as HostTensor),
          weights: { values: new Float32Array(size).fill(weights[place]!), shape: [size] },
          size,
        };
      }
    },
  };
}

const schedules = (): readonly AnyPlugin[] => [
  lrSchedule(cosine({ value: 0.1, steps: '100%' })),
  reduceOnPlateau({ monitor: 'loss' }),
  hyperparameterSchedule({ momentum: linear({ initialValue: 0.9, endValue: 0.8, steps: '100%' }) }),
];
const optimizer = sgd({ momentum: scheduled('momentum') });

/** Two epochs, with whatever happens in the middle of the first. */
async function trained(between: (trainer: Trainer) => Promise<unknown>): Promise<unknown> {
  const pause: Plugin = {
    name: 'pause',
    onStepEnd: ({ step, run }) => void (step === 2 && run.stop('a pause')),
  };
  const trainer = tinyTrainer([...schedules(), pause], { optimizer });
  await trainer.fit(tinyData(), { epochs: 2 });
  await between(trainer);
  await trainer.fit(tinyData(), { epochs: 2 });
  const snapshot = plainSnapshot(await trainer.save());
  trainer.dispose();
  return snapshot;
}

/** All that a run keeps. */
const everythingOf = async (trainer: Trainer): Promise<unknown> => plainSnapshot(await trainer.save());

describe('findLearningRate', () => {
  const short: FindLearningRateOptions = { steps: 12, startValue: 1e-4, endValue: 0.1 };

  it('leaves weights, optimizer, states and random numbers exactly as they were', async () => {
    const snapshots: unknown[] = [];
    const swept = await trained(async (trainer) => {
      snapshots.push(await everythingOf(trainer));
      await findLearningRate(trainer, tinyData(), short);
      snapshots.push(await everythingOf(trainer));
    });
    expect(snapshots[1]).toEqual(snapshots[0]);
    expect(swept).toEqual(await trained(() => Promise.resolve()));
  });

  it.each([true, false])('and the training after it the same, captured: %s', async (capture) => {
    const present = await presentDevices(['tensorflow']);
    const device = present[0] ?? 'cpu';
    const make = (): Trainer =>
      tinyTrainer([lrSchedule(constant({ value: 0.05 }))], { device, capture: capture && device !== 'cpu' });
    const swept = make();
    await findLearningRate(swept, tinyData(), short);
    await swept.fit(tinyData(), { epochs: 2 });
    await findLearningRate(swept, tinyData(), short);
    await swept.fit(tinyData(), { epochs: 3 });
    const plain = make();
    await plain.fit(tinyData(), { epochs: 3 });
    expect(await weightsOf(swept)).toEqual(await weightsOf(plain));
    for (const trainer of [swept, plain]) trainer.dispose();
  });

  it('works before the first step too, and leaves no tensor behind', async () => {
    const trainer = tinyTrainer(schedules(), { optimizer });
    await findLearningRate(trainer, tinyData(), short);
    const tensors = tf.memory().numTensors;
    await findLearningRate(trainer, tinyData(), short);
    expect(tf.memory().numTensors).toBe(tensors);
    expect(trainer.position()).toEqual({ epoch: 0, step: 0 });
    trainer.dispose();
  });

  it.each([
    ['exponential', (i: number) => 1e-4 * 1000 ** (i / 12)],
    ['linear', (i: number) => 1e-4 + (0.1 - 1e-4) * (i / 12)],
  ] as const)('sweeps %s over more than an epoch, without ending one', async (sweep, rateAt) => {
    const rates: number[] = [];
    const ended: string[] = [];
    const observer: Plugin = {
      name: 'observer',
      onStepEnd: ({ learningRate }) => void rates.push(learningRate),
      onEpochEnd: () => void ended.push('an epoch'),
    };
    const trainer = tinyTrainer([lrSchedule(constant({ value: 1 })), observer]);
    const { points, diverged } = await findLearningRate(trainer, tinyData(), { ...short, sweep });
    trainer.dispose();
    expectClose(
      rates,
      rates.map((_, i) => rateAt(i)),
      { relative: 1e-12 },
    );
    expect(points.map(({ learningRate }) => learningRate)).toEqual(rates);
    expect([rates.length, diverged, ended]).toEqual([12, false, []]);
  });

  it('leaves the rates of another trainer with the same plugin', async () => {
    const shared = lrSchedule(constant({ value: 0.5 }));
    const rates: number[] = [];
    const observer: Plugin = {
      name: 'observer',
      onStepEnd: ({ learningRate }) => void rates.push(learningRate),
    };
    const other = tinyTrainer([shared, observer]);
    const during: Plugin = {
      name: 'during',
      async onStepEnd({ step }) {
        if (step === 4) await other.fit(tinyData(), { epochs: 1 });
      },
    };
    const trainer = tinyTrainer([shared, during]);
    await findLearningRate(trainer, tinyData(), short);
    expect(rates).toEqual([0.5, 0.5, 0.5]);
    trainer.dispose();
    other.dispose();
  });

  it('sweeps from the start value on after a plateau has reduced the rate, and draws what it has found', async () => {
    const plateau = reduceOnPlateau({ monitor: 'loss', patience: 0, threshold: 1e9, factor: 0.5 });
    const trainer = tinyTrainer([lrSchedule(constant({ value: 0.1 })), plateau]);
    await trainer.fit(tinyData(), { epochs: 3 });
    const { run } = await trainer.open();
    expect(run.use(plateau).scale()).toBe(0.25);
    const found = await findLearningRate(trainer, tinyData(), short);
    expect(found.points[0]!.learningRate).toBe(1e-4);
    expect(run.use(plateau).scale()).toBe(0.25);
    expect(plotSweep(found)).not.toMatch(/NaN|Infinity/);
    expect(plotSweep(found, { format: 'sparkline' })).toContain('valley');
    trainer.dispose();
  });

  it('smooths the losses with a mean that is right from the first on', async () => {
    const trainer = tinyTrainer([lrSchedule(constant({ value: 1 }))]);
    const { points } = await findLearningRate(trainer, tinyData(), { ...short, smoothing: 0.5 });
    trainer.dispose();
    const losses = points.map(({ loss }) => loss);
    expect(points[0]!.smoothedLoss).toBeCloseTo(losses[0]!, 12);
    expect(points[1]!.smoothedLoss).toBeCloseTo((losses[0]! + 2 * losses[1]!) / 3, 12);
  });

  it('weighs each loss by what it was divided by, where batches are uneven and examples have weights', async () => {
    const trainer = tinyTrainer([lrSchedule(constant({ value: 1 }))]);
    const { points } = await findLearningRate(trainer, weighted([0.5, 3, 1]), { ...short, smoothing: 0.5 });
    trainer.dispose();
    const [a, b, c] = points.map(({ loss }) => loss) as [number, number, number];
    // Weights of the batches: 6 * 0.5, 2 * 3 and 8.
    expect(points[1]!.smoothedLoss).toBeCloseTo((3 * a + 2 * 6 * b) / (3 + 2 * 6), 6);
    expect(points[2]!.smoothedLoss).toBeCloseTo((3 * a + 2 * 6 * b + 4 * 8 * c) / (3 + 2 * 6 + 4 * 8), 6);
  });

  it('does not take a batch in which nothing counts for the best one', async () => {
    const trainer = tinyTrainer([lrSchedule(constant({ value: 1 }))]);
    const { points, diverged } = await findLearningRate(trainer, weighted([0, 1, 1]), short);
    trainer.dispose();
    expect(diverged).toBe(false);
    // Two of three steps have a loss.
    expect(points).toHaveLength(8);
    expect(points.every(({ loss, smoothedLoss }) => loss > 0 && smoothedLoss > 0)).toBe(true);
  });

  it('ends with the reason of a signal, and puts everything back', async () => {
    const ending = new AbortController();
    const aborting: Plugin = {
      name: 'aborting',
      onStepEnd: ({ step }) => void (step === 4 && ending.abort(new Error('enough'))),
    };
    const trainer = tinyTrainer([lrSchedule(constant({ value: 0.1 })), aborting]);
    const before = await everythingOf(trainer);
    const { signal } = ending;
    await expect(findLearningRate(trainer, tinyData(), { ...short, signal })).rejects.toThrow('enough');
    expect(await everythingOf(trainer)).toEqual(before);
    await expect(findLearningRate(trainer, tinyData(), { ...short, signal })).rejects.toThrow('enough');
    trainer.dispose();
  });

  it('ends when the loss bursts, or is no number', async () => {
    const trainer = tinyTrainer([lrSchedule(constant({ value: 1 }))]);
    const before = await everythingOf(trainer);
    const burst = { steps: 40, startValue: 0.01, endValue: 1e30 };
    const { points, diverged, suggestions } = await findLearningRate(trainer, tinyData(), burst);
    expect(diverged).toBe(true);
    expect(points.length).toBeLessThan(40);
    expect(points.every(({ loss }) => Number.isFinite(loss))).toBe(true);
    expect(suggestions).toHaveProperty('valley');
    expect(await everythingOf(trainer)).toEqual(before);
    const until = await findLearningRate(trainer, tinyData(), { ...burst, stopFactor: 1e300 });
    expect(until.diverged).toBe(true);
    expect(await everythingOf(trainer)).toEqual(before);
    trainer.dispose();
  });

  it('restores after an error, too', async () => {
    let broken = false;
    const breaking: Plugin = {
      name: 'breaking',
      onStepEnd: ({ step }) => {
        if (broken && step === 5) throw new Error('out of paper');
      },
    };
    const trainer = tinyTrainer([lrSchedule(constant({ value: 0.1 })), breaking]);
    const before = await everythingOf(trainer);
    broken = true;
    await expect(findLearningRate(trainer, tinyData(), short)).rejects.toThrow('out of paper');
    broken = false;
    expect(await everythingOf(trainer)).toEqual(before);
    await expect(trainer.fit(tinyData(), { epochs: 1 })).resolves.toBeDefined();
    trainer.dispose();
  });

  it('needs lrSchedule among the plugins', async () => {
    const trainer = tinyTrainer();
    await expect(findLearningRate(trainer, tinyData())).rejects.toThrow(
      '[findLearningRate] needs the plugin lrSchedule, which this trainer does not have. Add it to the plugins, ' +
        'e.g. lrSchedule(constant({ value: 0.1 })). (PLUGIN_ABSENT)',
    );
    expect(trainer.position().step).toBe(0);
    trainer.dispose();
  });

  it.each([
    [{ startValue: 1, endValue: 0.1 }, 'endValue must be above startValue, got 0.1 and 1'],
    [{ steps: 5 }, 'steps must be >= 10, got 5'],
    [{ smoothing: 1 }, 'smoothing must be < 1, got 1'],
    [{ stopFactor: 1 }, 'stopFactor must be > 1, got 1'],
  ])('refuses %j', async (options, message) => {
    const trainer = tinyTrainer();
    await expect(findLearningRate(trainer, tinyData(), options)).rejects.toThrow(message);
    trainer.dispose();
  });
});
