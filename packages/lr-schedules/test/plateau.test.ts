import { scheduled, sgd } from '@cantrip/optimizers';
import { expectClose, loadGolden, testTrick, tinyData, tinyTrainer } from '@cantrip/testing';
import type { Plugin, Trainer } from '@cantrip/trainer';
import { describe, expect, it } from 'vitest';
import {
  hyperparameterSchedule,
  linear,
  lrSchedule,
  noPlateau,
  plateauAfter,
  reduceOnPlateau,
  type ReduceOnPlateauOptions,
} from '../src/index.ts';
import { hostContext, stepEnd } from './host-context.ts';

interface Case {
  readonly peer: string;
  readonly options: ReduceOnPlateauOptions;
  readonly metrics: readonly number[];
  readonly rates: readonly number[];
  /** The rate of a group, where there is one. */
  readonly head?: { readonly value: number; readonly rates: readonly number[] };
}

testTrick(
  {
    name: 'lr-schedules/plateau',
    // The first epoch is always an improvement, and a rate that the second reduces is that of the third.
    epochs: 3,
    create: () => reduceOnPlateau({ monitor: 'loss', patience: 0, factor: 0.5, threshold: 10 }),
    identity: () => reduceOnPlateau({ monitor: 'loss', patience: 100 }),
    devices: ['tensorflow', 'wasm'],
  },
  { describe, it },
);

/** The learning rate after each epoch with this figure, from 0.1 on, and the scalar `head`. */
function ratesAfter(
  metrics: readonly number[],
  options: ReduceOnPlateauOptions,
  head = 0,
): { readonly rates: number[]; readonly heads: number[] } {
  const plugin = reduceOnPlateau({ monitor: 'figure', ...options });
  const context = hostContext(plugin.state!());
  const both = (): readonly [number, number] => [
    plugin.scheduleLearningRate!(0.1, context),
    plugin.scheduleScalars?.({ head }, context)['head'] ?? head,
  ];
  const after = metrics.map((figure) => {
    void plugin.onStepEnd!({ ...context, ...stepEnd(plugin, context, { scalars: { head } }) });
    void plugin.onEpochEnd!({ ...context, tables: {}, logs: { figure } });
    return both();
  });
  return { rates: after.map(([rate]) => rate), heads: after.map(([, rate]) => rate) };
}

describe('reduceOnPlateau agrees with PyTorch, timm, Keras and optax at 200 values', () => {
  const url = new URL('./golden/plateau.json', import.meta.url);
  const { cases, tolerance } = loadGolden<Readonly<Record<string, Case>>>(url);
  it.each(Object.entries(cases))('%s', (_, { peer, options, metrics, rates, head }) => {
    // Keras keeps the learning rate in float32.
    const relative = peer.startsWith('keras') ? tolerance['keras']! : tolerance['relative']!;
    const near = { relative, absolute: tolerance['absolute']! };
    const actual = ratesAfter(metrics, options, head?.value);
    expectClose(actual.rates, rates, near);
    if (head) expectClose(actual.heads, head.rates, near);
  });
});

describe('a validation within an epoch', () => {
  it('is looked at as the end of an epoch is, and an epoch without one is not', async () => {
    const data = tinyData({ examples: 20, batch: 4 });
    const rates: number[] = [];
    const plugin = reduceOnPlateau({ patience: 1, factor: 0.5, threshold: 10 });
    const watching: Plugin = {
      name: 'watching',
      onStepEnd: ({ learningRate }) => void rates.push(learningRate),
    };
    const trainer = tinyTrainer([plugin, watching], { optimizer: sgd({ learningRate: 1 }) });
    await trainer.fit(data, { epochs: 3, validation: data, validateEvery: 2 });
    trainer.dispose();
    // Seven validations in fifteen steps. The first is the best, and each second one after it reduces.
    expect(rates).toEqual([1, 1, 1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25, 0.125]);
  });
});

describe('a plateau', () => {
  const rule = {
    mode: 'min',
    patience: 1,
    threshold: 0.1,
    thresholdMode: 'relative',
    cooldown: 0,
  } as const;

  it('is seen where figures are negative, too', () => {
    // PyTorch takes -1 * (1 - 0.1) = -0.9 for the bar and calls -0.95 an improvement on -1.
    const best = plateauAfter(noPlateau, -1, rule).plateau;
    expect(plateauAfter(best, -0.95, rule).plateau).toMatchObject({ best: -1, bad: 1 });
    expect(plateauAfter(best, -1.2, rule).plateau).toMatchObject({ best: -1.2, bad: 0 });
  });

  it('is not left by a figure that is no number', () => {
    const first = plateauAfter(noPlateau, Number.NaN, rule).plateau;
    expect(first).toEqual({ best: undefined, bad: 1, resting: 0 });
    expect(plateauAfter(first, Number.NaN, rule).reduce).toBe(true);
  });
});

describe('reduceOnPlateau', () => {
  it('multiplies the rate of a schedule before it, and leaves a warm-up below the minimum alone', () => {
    const plugin = reduceOnPlateau({ minimum: 0.02 });
    const state = { ...plugin.state!(), scales: { learningRate: 0.1 } };
    expect(plugin.scheduleLearningRate!(0.5, hostContext(state))).toBe(0.05);
    expect(plugin.scheduleLearningRate!(0.1, hostContext(state))).toBe(0.02);
    expect(plugin.scheduleLearningRate!(0.01, hostContext(state))).toBe(0.01);
  });

  it('reduces the rate of a group that is scheduled, within its own limit, and what it knows is saved', async () => {
    const options = {
      optimizer: sgd({ groups: [{ match: '**/bias', learningRate: scheduled('head') }] }),
    };
    const seen: (readonly number[])[] = [];
    const train = async (stopAt: number, before?: Trainer): Promise<Trainer> => {
      const plugin = reduceOnPlateau({
        monitor: 'loss',
        patience: 0,
        threshold: 1e9,
        factor: 0.5,
        minimum: { learningRate: 0.02, head: 0.5 },
      });
      const observer: Plugin = {
        name: 'observer',
        scheduleScalars: (scalars, { step, stepsPerEpoch, run }) => {
          if (step % stepsPerEpoch === 0) seen.push([scalars['head']!, run.use(plugin).scale('head')]);
          return scalars;
        },
        onEpochEnd: ({ epoch, run }) => (epoch === stopAt ? run.stop('enough') : undefined),
      };
      const heads = hyperparameterSchedule({ head: () => 1.5 });
      const trainer = tinyTrainer([heads, plugin, observer], options);
      if (before) await trainer.restore(await before.save());
      await trainer.fit(tinyData(), { epochs: 5 });
      return trainer;
    };
    const first = await train(2);
    const second = await train(Infinity, first);
    // The first loss is the best; each after it reduces, until there is nothing left to take.
    expect(seen).toEqual([
      [1.5, 1],
      [1.5, 1],
      [0.75, 0.5],
      [0.5, 0.25],
      [0.5, 0.25],
    ]);
    for (const trainer of [first, second]) trainer.dispose();
  });

  it('asks for the scalar of a rate that minimum names', async () => {
    const trainer = tinyTrainer([reduceOnPlateau({ minimum: { head: 0.1 } })]);
    await expect(trainer.fit(tinyData(), { epochs: 1 })).rejects.toThrow(
      '[reduceOnPlateau] minimum has the rate head, but no earlier plugin sets the scalar head. List ' +
        "hyperparameterSchedule({ head: … }) before reduceOnPlateau, and set learningRate: scheduled('head') in a parameter group. " +
        '(OPTION_INVALID)',
    );
    trainer.dispose();
  });

  it('must stand after the schedule that it reduces', () => {
    const schedule = lrSchedule(linear({ endValue: 0.1, steps: '100%' }));
    expect(() => tinyTrainer([reduceOnPlateau(), schedule])).toThrow('(PLUGIN_ORDER)');
    tinyTrainer([schedule, reduceOnPlateau()]).dispose();
  });

  it('says which figures there are when its own is missing', async () => {
    const trainer = tinyTrainer([reduceOnPlateau()]);
    await expect(trainer.fit(tinyData(), { epochs: 1 })).rejects.toThrow(
      "[reduceOnPlateau] monitor must be a figure of the logs, got 'validation_loss'. The logs hold loss, accuracy. " +
        'For validation figures, call fit(…, { validation }). (OPTION_INVALID)',
    );
    trainer.dispose();
  });

  it('says when it reduces', async () => {
    const messages: string[] = [];
    const plugin = reduceOnPlateau({
      monitor: 'accuracy',
      mode: 'max',
      threshold: 9,
      patience: 0,
      factor: 0.5,
    });
    const trainer = tinyTrainer([plugin], { log: (message) => messages.push(message) });
    const { run } = await trainer.open();
    await trainer.fit(tinyData(), { epochs: 2 });
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatch(
      /^\[lr-schedules\/plateau\] accuracy is .*, the best was .*: reduces the learning rate from 0.05 to 0.025$/,
    );
    expect(run.use(plugin).scale()).toBe(0.5);
    expect(run.use(plugin).best()).toBeTypeOf('number');
    trainer.dispose();
  });

  it('can look at the training loss every few steps, as optax with accumulation_size', async () => {
    const plugin = reduceOnPlateau({ every: 2, patience: 0, factor: 0.5 });
    const context = hostContext(plugin.state!());
    const scales: number[] = [];
    for (const loss of [4, 2, 3, 3, 1, 2]) {
      await plugin.onStepEnd!({ ...context, ...stepEnd(plugin, context, { loss }) });
      scales.push(context.state.scales['learningRate'] ?? 1);
    }
    // Means of 3, 3 and 1.5: the second is no improvement, the third is.
    expect(scales).toEqual([1, 1, 1, 0.5, 0.5, 0.5]);
  });

  it('weighs each step by what its loss was divided by, and takes no look at steps in which nothing counts', async () => {
    const plugin = reduceOnPlateau({ every: 2, patience: 0, factor: 0.5 });
    const context = hostContext(plugin.state!());
    const bests: (number | undefined)[] = [];
    for (const [loss, weight] of [
      [1, 6],
      [5, 2],
      [0, 0],
      [0, 0],
      [1, 1],
      [3, 0],
    ] as const) {
      await plugin.onStepEnd!({ ...context, ...stepEnd(plugin, context, { loss, weight }) });
      bests.push(context.state.plateau.best);
    }
    // (6 * 1 + 2 * 5) / 8, nothing, and (1 * 1 + 0 * 3) / 1.
    expect(bests).toEqual([undefined, 2, 2, 2, 2, 1]);
    expect(context.state.scales).toEqual({});
  });

  it.each([
    [{ factor: 1 }, 'factor must be < 1, got 1'],
    [{ patience: -1 }, 'patience must be >= 0, got -1'],
    [{ mode: 'least' as 'min' }, 'mode must be'],
    [{ every: 5, monitor: 'accuracy' }, "monitor must be 'loss' or absent beside every, got 'accuracy'"],
  ])('refuses %j', (options, message) => {
    expect(() => reduceOnPlateau(options)).toThrow(message);
  });
});

it('a run that is stopped during validation has no figure to compare, and ends without an error', async () => {
  const stops: Plugin = {
    name: 'stops',
    onEvaluateBegin: ({ run, step }) => void (step === 6 && run.stop('in validation')),
  };
  const trainer = tinyTrainer([reduceOnPlateau(), stops]);
  const { stopped, epochs } = await trainer.fit(tinyData(), { epochs: 4, validation: tinyData() });
  expect(stopped).toBe('in validation');
  expect(epochs).toHaveLength(2);
  trainer.dispose();
});
