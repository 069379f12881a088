import type { AnyPlugin, PluginList } from '@cantrip/trainer';
import { createTrainer, softmaxCrossEntropy } from '@cantrip/trainer';
import { sgd } from '@cantrip/optimizers';
import { plain, presentWays, tinyData, tinyModel } from '@cantrip/testing';
import { describe, expect, it } from 'vitest';

const later = <T>(value: T): Promise<T> => new Promise((resolve) => void setTimeout(() => resolve(value), 5));

const half = (name: string): AnyPlugin => ({ name, scheduleLearningRate: (rate) => rate / 2 });

describe.each(await presentWays())('promises in a plugin list, $name,', ({ options }) => {
  const trainerOf = (plugins: PluginList): ReturnType<typeof createTrainer> =>
    createTrainer({
      ...options,
      model: tinyModel,
      optimizer: sgd({ learningRate: 0.1 }),
      loss: softmaxCrossEntropy(),
      plugins: [{ name: 'seeded', seed: 7 }, ...plugins],
      handleInterrupt: false,
      log: () => undefined,
    });
  const trained = async (plugins: PluginList): Promise<unknown> => {
    const trainer = trainerOf(plugins);
    await trainer.fit(tinyData(), { epochs: 1 });
    const { variables } = await trainer.save();
    trainer.dispose();
    return plain(variables);
  };

  it('are awaited when the trainer is opened, plugins and lists alike, also within lists', async () => {
    const wanted = await trained([half('a'), half('b'), half('c')]);
    expect(await trained([later(half('a')), [half('b'), later([half('c'), false])]])).toEqual(wanted);
    expect(
      await trained([half('a'), later(false), half('b'), later([later(half('c'))] as PluginList)]),
    ).toEqual(wanted);
  });

  it('are shown by explain() once they are there', async () => {
    const trainer = trainerOf([later([half('a')]), half('b')]);
    expect(trainer.explain()).toContain('plugins  seeded, a promised plugin, b');
    await trainer.open();
    expect(trainer.explain()).toContain('plugins  seeded, [a], b');
    expect(trainer.explain()).toContain('a -> b');
    trainer.dispose();
  });

  it('that are rejected end the opening with their place in the list, and nothing before', async () => {
    const trainer = trainerOf([half('a'), [half('b'), Promise.reject<AnyPlugin>(new Error('no such file'))]]);
    await later(0);
    await expect(trainer.fit(tinyData(), { epochs: 1 })).rejects.toThrow(
      '[createTrainer] plugins[2][1] is a promise that was rejected: no such file. Read the error in the property cause. (PLUGIN_INVALID)',
    );
    trainer.dispose();
  });

  it('are checked as all others when they are there', async () => {
    const rows: readonly (readonly [PluginList, RegExp])[] = [
      [
        [[later(3 as never)]],
        /\[createTrainer\] plugins\[1\]\[0\] must be a plugin object with a name, got 3/,
      ],
      [[half('a'), later(half('a'))], /\[a\].*PLUGIN_TWICE/],
      [[later({ ...half('a'), after: ['b'] }), half('b')], /\[a\] must come after b/],
      [[later({ name: 'a', sead: 3 } as AnyPlugin)], /\[a\] has the unknown field sead/],
      [[later({ name: 'other', seed: 3 })], /\[other\] sets a seed, but seeded already sets one/],
    ];
    for (const [plugins, words] of rows) {
      const trainer = trainerOf(plugins);
      await expect(trainer.open()).rejects.toThrow(words);
      trainer.dispose();
    }
  });

  it('do not hide what is wrong beside them: that is refused at once', () => {
    expect(() => trainerOf([later(half('a')), [half('b'), 3 as never]])).toThrow(
      'plugins[2][1] must be a plugin',
    );
    expect(() => trainerOf([later(half('a')), half('b'), half('b')])).toThrow('PLUGIN_TWICE');
  });
});
