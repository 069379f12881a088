import { expectClose, loadGolden, testTrick, tinyData, tinyTrainer } from '@cantrip/testing';
import type { StepEnd } from '@cantrip/trainer';
import { describe, expect, it } from 'vitest';
import {
  linear,
  lrSchedule,
  noPlateau,
  plateauAfter,
  reduceOnPlateau,
  type ReduceOnPlateauOptions,
} from '../src/index.ts';
import { hostContext } from './host-context.ts';

interface Case {
  readonly peer: string;
  readonly options: ReduceOnPlateauOptions;
  readonly metrics: readonly number[];
  readonly rates: readonly number[];
}

testTrick({
  name: 'lr-schedules/plateau',
  create: () => reduceOnPlateau({ monitor: 'loss', patience: 0, factor: 0.5, threshold: 10 }),
});

/** The learning rate after each epoch with this figure, from 0.1 on. */
function ratesAfter(metrics: readonly number[], options: ReduceOnPlateauOptions): number[] {
  const plugin = reduceOnPlateau({ monitor: 'figure', ...options });
  const context = hostContext(plugin.state!());
  return metrics.map((figure) => {
    plugin.scheduleLearningRate!(0.1, context);
    void plugin.onEpochEnd!({ ...context, logs: { figure } });
    return plugin.scheduleLearningRate!(0.1, context);
  });
}

describe('reduceOnPlateau agrees with PyTorch, timm, Keras and optax at 200 values', () => {
  const url = new URL('./golden/plateau.json', import.meta.url);
  const { cases, tolerance } = loadGolden<Readonly<Record<string, Case>>>(url);
  it.each(Object.entries(cases))('%s', (_, { peer, options, metrics, rates }) => {
    // Keras keeps the learning rate in float32.
    const relative = peer.startsWith('keras') ? tolerance['keras']! : tolerance['relative']!;
    expectClose(ratesAfter(metrics, options), rates, { relative, absolute: tolerance['absolute']! });
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
    const state = { ...plugin.state!(), scale: 0.1 };
    expect(plugin.scheduleLearningRate!(0.5, hostContext(state))).toBe(0.05);
    expect(plugin.scheduleLearningRate!(0.1, hostContext(state))).toBe(0.02);
    expect(plugin.scheduleLearningRate!(0.01, hostContext(state))).toBe(0.01);
  });

  it('must stand after the schedule that it reduces', () => {
    const schedule = lrSchedule(linear({ endValue: 0.1, steps: '100%' }));
    expect(() => tinyTrainer([reduceOnPlateau(), schedule])).toThrow('(PLUGIN_ORDER)');
    tinyTrainer([schedule, reduceOnPlateau()]).dispose();
  });

  it('says which figures there are when its own is missing', async () => {
    const trainer = tinyTrainer([reduceOnPlateau()]);
    await expect(trainer.fit(tinyData(), { epochs: 1 })).rejects.toThrow(
      "[reduceOnPlateau] monitor must be a figure of the logs, got 'validation_loss'. They hold loss, accuracy; " +
        'those of validation come with fit(…, { validation }). (OPTION_INVALID)',
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
      /^\[lr-schedules\/plateau\] accuracy is .* and was .* at best: the learning rate goes from 0.05 to 0.025$/,
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
      plugin.scheduleLearningRate!(0.1, context);
      const end: StepEnd = {
        learningRate: 0.1,
        signature: '',
        milliseconds: 1,
        loss: () => Promise.resolve(loss),
      };
      await plugin.onStepEnd!({ ...context, ...end });
      scales.push(context.state.scale);
    }
    // Means of 3, 3 and 1.5: the second is no improvement, the third is.
    expect(scales).toEqual([1, 1, 1, 0.5, 0.5, 0.5]);
  });

  it.each([
    [{ factor: 1 }, 'factor must be < 1, got 1'],
    [{ patience: -1 }, 'patience must be >= 0, got -1'],
    [{ mode: 'least' as 'min' }, 'mode must be'],
    [{ every: 5, monitor: 'accuracy' }, "every looks at the training loss, got monitor 'accuracy'"],
  ])('refuses %j', (options, message) => {
    expect(() => reduceOnPlateau(options)).toThrow(message);
  });
});
