import { expectClose, loadGolden, presentWays, testTrick, tinyData, tinyTrainer } from '@cantrip/testing';
import { describe, expect, it } from 'vitest';
import {
  greedyAfter,
  greedyLearningRate,
  type GreedyLearningRateOptions,
  linear,
  lrSchedule,
  noGreed,
} from '../src/index.ts';
import { hostContext, stepEnd } from './host-context.ts';

const ways = await presentWays();

interface Case {
  readonly peer: string;
  readonly options: GreedyLearningRateOptions;
  readonly metrics: readonly number[];
  readonly rates: readonly number[];
}

testTrick(
  {
    name: 'lr-schedules/greedy',
    create: () => greedyLearningRate({ every: 1, patience: 0, factor: 0.5 }),
    identity: () => greedyLearningRate({ every: 1, patience: 100 }),
    devices: ['tensorflow', 'wasm'],
  },
  { describe, it },
);

/** The learning rate after each epoch with this figure, from 0.1 on. */
function ratesAfter(metrics: readonly number[], options: GreedyLearningRateOptions): number[] {
  const plugin = greedyLearningRate({ monitor: 'figure', ...options });
  const context = hostContext(plugin.state!());
  const rate = (): number => plugin.scheduleLearningRate!(0.1, context);
  return metrics.map((figure) => {
    void plugin.onStepEnd!({ ...context, ...stepEnd(plugin, context, {}) });
    void plugin.onEpochEnd!({ ...context, tables: {}, logs: { figure } });
    return rate();
  });
}

describe('greedyLearningRate agrees with transformers at 200 values', () => {
  const url = new URL('./golden/greedy.json', import.meta.url);
  const { cases, tolerance } = loadGolden<Readonly<Record<string, Case>>>(url);
  it.each(Object.entries(cases))('%s', (_, { options, metrics, rates }) => {
    expect(new Set(rates).size).toBeGreaterThan(4);
    expectClose(ratesAfter(metrics, options), rates, tolerance);
  });
});

describe('greedyAfter', () => {
  const rule = {
    mode: 'min',
    patience: 0,
    threshold: 0,
    thresholdMode: 'absolute',
    cooldown: 1,
    warmup: 0,
  } as const;

  it('asks for less where a value is no number', () => {
    const { greedy } = greedyAfter(noGreed, 1, rule);
    expect(greedyAfter(greedy, Number.NaN, rule)).toMatchObject({ move: 'down', greedy: { best: 1 } });
  });

  it('looks at nothing while it rests, not even at a better value', () => {
    const { greedy } = greedyAfter(greedyAfter(noGreed, 1, rule).greedy, 2, rule);
    expect(greedyAfter(greedy, 0, rule)).toEqual({ greedy: { best: 1, good: 0, bad: 0, resting: 0 } });
  });
});

describe('greedyLearningRate', () => {
  it('leaves a warm-up from 0 and below the minimum alone', () => {
    const plugin = greedyLearningRate({ monitor: 'loss', patience: 0, minimum: 0.05, factor: 0.5 });
    const context = hostContext(plugin.state!());
    for (const [given, loss] of [
      [0, 1],
      [0.01, 2],
      [0.01, 3],
    ] as const) {
      expect(plugin.scheduleLearningRate!(given, context)).toBe(given);
      void plugin.onStepEnd!({ ...context, ...stepEnd(plugin, context, { learningRate: given }) });
      void plugin.onEpochEnd!({ ...context, tables: {}, logs: { loss } });
    }
    expect(context.state.scale).toBe(1);
  });

  it('must stand after the schedule that it changes', () => {
    const schedule = lrSchedule(linear({ endValue: 0.1, steps: '100%' }));
    expect(() => tinyTrainer([greedyLearningRate(), schedule])).toThrow('(PLUGIN_ORDER)');
    tinyTrainer([schedule, greedyLearningRate()]).dispose();
  });

  it.each(ways)('raises the rate while the loss falls, and says so, $name', async (way) => {
    const messages: string[] = [];
    const plugin = greedyLearningRate({ monitor: 'loss', patience: 0, factor: 0.5, maximum: 0.2 });
    const trainer = way.tinyTrainer([plugin], { log: (message) => messages.push(message) });
    const { run } = await trainer.open();
    await trainer.fit(tinyData(), { epochs: 2 });
    expect(messages.filter((message) => message.includes('greedy'))).toEqual([
      expect.stringMatching(
        /^\[lr-schedules\/greedy\] loss is .*: changes the learning rate from 0.05 to 0.1$/,
      ),
      expect.stringMatching(/from 0.1 to 0.2$/),
    ]);
    expect(run.use(plugin).scale()).toBe(4);
    expect(run.use(plugin).best()).toBeTypeOf('number');
    trainer.dispose();
  });

  it.each([
    [{ factor: 1 }, 'factor must be < 1, got 1'],
    [{ window: 0 }, 'window must be >= 1, got 0'],
    [{ mode: 'least' as 'min' }, 'mode must be'],
    [
      { every: 5, monitor: 'accuracy' },
      "[greedyLearningRate] monitor must be 'loss' or absent beside every, got 'accuracy'",
    ],
  ])('refuses %j', (options, message) => {
    expect(() => greedyLearningRate(options)).toThrow(message);
  });
});
