import * as tf from '@tensorflow/tfjs-core';
import type { Plugin, Trainer } from '@cantrip/trainer';
import { plain, presentWays, tinyData, tinyModel } from '@cantrip/testing';
import { describe, expect, it } from 'vitest';

const sentence = (what: string): RegExp =>
  new RegExp(
    `^\\[trainer\\] ${what} needs [\\w/]+, which another trainer is training now\\. Await the fit of the other trainer first\\. \\(TRAINER_BUSY\\)$`,
  );

describe.each(await presentWays())('one model in two trainers, $name', ({ tinyTrainer }) => {
  it('is trained by one at a time: the other is refused, and the first continues as if alone', async () => {
    const model = tinyModel();
    const values = model.getWeights().map((one) => tf.clone(one));
    const alone = tinyTrainer([], { model: () => model });
    await alone.fit(tinyData(), { epochs: 2 });
    const expected = plain((await alone.save()).variables);
    alone.dispose();
    model.setWeights(values);
    tf.dispose(values);

    const [first, second] = [
      tinyTrainer([], { model: () => model }),
      tinyTrainer([], { model: () => model }),
    ];
    await second.open();
    const fitting = first.fit(tinyData(), { epochs: 2 });
    await new Promise((resolve) => setTimeout(resolve));
    await expect(second.fit(tinyData(), { epochs: 1 })).rejects.toThrow(sentence('fit'));
    await expect(second.evaluate(tinyData())).rejects.toThrow(sentence('evaluate'));
    await expect(second.predict(tf.ones([2, 6, 6, 1]))).rejects.toThrow(sentence('predict'));
    await fitting;
    expect(plain((await first.save()).variables)).toEqual(expected);
    await second.fit(tinyData(), { epochs: 1 });
    await second.evaluate(tinyData());
    await first.fit(tinyData(), { epochs: 3 });
    first.dispose();
    second.dispose();
  });

  it('may be trained by another in a hook, which the first trainer waits for, and after a failure', async () => {
    const model = tinyModel();
    let other: Trainer | undefined = undefined;
    let epochs = 0;
    const inner: Plugin = {
      name: 'inner',
      onEpochEnd: async () => {
        await other!.fit(tinyData({ examples: 8 }), { epochs: ++epochs });
        await other!.evaluate(tinyData());
      },
    };
    const first = tinyTrainer([inner], { model: () => model });
    other = tinyTrainer([], { model: () => model });
    await first.fit(tinyData(), { epochs: 2 });
    const failing: Plugin = {
      name: 'failing',
      onStepEnd: () => {
        throw new Error('no');
      },
    };
    const third = tinyTrainer([failing], { model: () => model });
    await expect(third.fit(tinyData(), { epochs: 1 })).rejects.toThrow('HOOK_FAILED');
    await other.fit(tinyData({ examples: 8 }), { epochs: 3 });
    for (const one of [first, other, third]) one.dispose();
  });
});
