import { accumulateGradients, sgd } from '@cantrip/optimizers';
import { tinyData, tinyTrainer } from '@cantrip/testing';
import type { Plugin, ScheduledNumbers } from '@cantrip/trainer';
import { describe, expect, it } from 'vitest';

interface Told {
  readonly given: ScheduledNumbers;
  readonly answered: ScheduledNumbers;
  readonly learningRate: number;
}

/** Tells what `onStepEnd` of a plugin with these hooks learns of its schedules. */
function telling(
  name: string,
  hooks: Omit<Plugin, 'name'>,
): { readonly plugin: Plugin; readonly told: Told[] } {
  const told: Told[] = [];
  const onStepEnd: Plugin['onStepEnd'] = ({ given, answered, learningRate }) =>
    void told.push({ given, answered, learningRate });
  return { told, plugin: { ...hooks, name, onStepEnd } };
}

describe('onStepEnd', () => {
  it('tells each plugin what its own schedule hooks were given and answered', async () => {
    const first = telling('first', {
      scheduleLearningRate: (rate) => rate / 2,
      scheduleScalars: (scalars) => ({ ...scalars, one: 1 }),
    });
    const between = telling('between', {});
    const last = telling('last', {
      after: ['first'],
      scheduleLearningRate: (rate) => rate * 4,
      scheduleScalars: (scalars) => ({ ...scalars, one: 3, two: 2 }),
    });
    const trainer = tinyTrainer([first.plugin, between.plugin, last.plugin], {
      optimizer: sgd({ learningRate: 0.25 }),
    });
    await trainer.fit(tinyData({ examples: 8 }), { epochs: 1 });
    trainer.dispose();
    const halved = { learningRate: 0.125, scalars: { one: 1 } };
    const changed = { learningRate: 0.5, scalars: { one: 3, two: 2 } };
    expect(first.told).toEqual([
      { given: { learningRate: 0.25, scalars: {} }, answered: halved, learningRate: 0.5 },
    ]);
    expect(between.told).toEqual([{ given: halved, answered: halved, learningRate: 0.5 }]);
    expect(last.told).toEqual([{ given: halved, answered: changed, learningRate: 0.5 }]);
  });

  it('tells it once a step, where a step has several batches', async () => {
    const { plugin, told } = telling('rate', { scheduleLearningRate: (_, { step }) => step + 1 });
    const optimizer = accumulateGradients(sgd({ learningRate: 0.25 }), { steps: 2 });
    const trainer = tinyTrainer([plugin], { optimizer });
    await trainer.fit(tinyData({ examples: 32 }), { epochs: 1 });
    trainer.dispose();
    expect(told.map(({ given, answered }) => [given.learningRate, answered.learningRate])).toEqual([
      [0.25, 1],
      [0.25, 2],
    ]);
  });
});
