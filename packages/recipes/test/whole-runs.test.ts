import { seed } from '@cantrip/seed';
import {
  expectClose,
  presentWays,
  tinyData,
  tinyResidualModel,
  tinyTrainer,
  type WayOptions,
  weightsOf,
} from '@cantrip/testing';
import { accuracy, type AnyPlugin, type PluginList, type Trainer } from '@cantrip/trainer';
import { describe, expect, it } from 'vitest';
import { bagOfTricks, fineTuning } from '../src/index.ts';

const epochs = 7;
const learningRate = 0.1;
const training = { epochs, validation: tinyData({ examples: 9 }) };

/** Every recipe that needs no environment of its own. The warm-up of five epochs ends within the run. */
const recipes: Readonly<Record<string, () => PluginList>> = {
  'he-2019': () => bagOfTricks({ learningRate }),
  'torchvision-2021': () => bagOfTricks({ recipe: 'torchvision-2021', learningRate, epochs, batchSize: 4 }),
  'timm-a2': () => bagOfTricks({ recipe: 'timm-a2', learningRate }),
  'fineTuning, small batch': () => fineTuning({ learningRate, batchSize: 4, averageDecay: 0.9 }),
  'fineTuning, large batch': () => fineTuning({ learningRate, batchSize: 32, averageDecay: 0.9 }),
};

const stopping = (after = Infinity): AnyPlugin => ({
  name: 'stopping',
  onStepEnd: ({ run, step }) => {
    if (step + 1 === after) run.stop('the snapshot is taken here');
  },
});

const ways = await presentWays();

describe.each(Object.entries(recipes))('a whole run of %s', (_, create) => {
  const trainerOf = (options: WayOptions, stopAfter?: number): Trainer =>
    tinyTrainer([seed({ value: 5 }), create(), stopping(stopAfter)], {
      ...options,
      model: tinyResidualModel,
      metrics: [accuracy()],
    });

  it.each(ways)('resumes to the same bits $name', async ({ options }) => {
    const whole = trainerOf(options);
    const { epochs: figures } = await whole.fit(tinyData(), training);
    // In the middle of an epoch.
    const first = trainerOf(options, 10);
    await first.fit(tinyData(), training);
    const second = trainerOf(options);
    await second.restore(await first.save());
    const { earlier, epochs: later } = await second.fit(tinyData(), training);
    expect([...earlier, ...later]).toEqual(figures);
    expect(await weightsOf(second)).toEqual(await weightsOf(whole));
    for (const one of [whole, first, second]) one.dispose();
  });

  it('is the same in every way', async () => {
    const weights = [];
    for (const { options } of ways) {
      const trainer = trainerOf(options);
      await trainer.fit(tinyData(), training);
      weights.push(await weightsOf(trainer));
      trainer.dispose();
    }
    expect(weights.length).toBeGreaterThanOrEqual(2);
    for (const other of weights.slice(1)) {
      expect(Object.keys(other)).toEqual(Object.keys(weights[0]!));
      for (const [name, values] of Object.entries(other)) {
        expectClose(values as number[], weights[0]![name] as number[], { absolute: 1e-4, relative: 1e-3 });
      }
    }
  });
});
