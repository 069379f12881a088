import { presentWays, tinyData } from '@cantrip/testing';
import type { AnyPlugin, Snapshot } from '@cantrip/trainer';
import { describe, expect, it } from 'vitest';
import { deserialize, serialize } from 'node:v8';

const validation = tinyData({ examples: 9 });

describe.each(await presentWays())('the figures of a run $name', ({ tinyTrainer }) => {
  it('are those of this fit, after those of earlier ones', async () => {
    const whole = tinyTrainer([]);
    const { earlier: none, epochs: all } = await whole.fit(tinyData(), { epochs: 3, validation });
    expect(none).toEqual([]);
    const parts = tinyTrainer([]);
    const first = await parts.fit(tinyData(), { epochs: 1, validation });
    const second = await parts.fit(tinyData(), { epochs: 3, validation });
    expect(first.epochs).toHaveLength(1);
    expect(second.earlier).toEqual(first.epochs);
    expect([...second.earlier, ...second.epochs]).toEqual(all);
    for (const trainer of [whole, parts]) trainer.dispose();
  });

  it('continue after a restore as in the unbroken run, also from the middle of an epoch', async () => {
    const stopping: AnyPlugin = { name: 'stopping', onStepEnd: () => undefined };
    const whole = tinyTrainer([stopping]);
    const { epochs: all } = await whole.fit(tinyData(), { epochs: 3, validation });
    const broken = tinyTrainer([
      { ...stopping, onStepEnd: ({ run, step }) => (step === 4 ? run.stop('enough') : undefined) },
    ]);
    const { epochs } = await broken.fit(tinyData(), { epochs: 3, validation });
    expect(epochs).toEqual(all.slice(0, 1));
    const snapshot = deserialize(serialize(await broken.save())) as Snapshot;
    expect(snapshot.history).toEqual(epochs);
    const resumed = tinyTrainer([stopping]);
    await resumed.restore(snapshot);
    const rest = await resumed.fit(tinyData(), { epochs: 3, validation });
    expect(rest.earlier).toEqual(epochs);
    expect([...rest.earlier, ...rest.epochs]).toEqual(all);
    expect((await resumed.save()).history).toEqual(all);
    for (const trainer of [whole, broken, resumed]) trainer.dispose();
  });

  it('are empty where the snapshot of an older version has none', async () => {
    const trainer = tinyTrainer([]);
    await trainer.fit(tinyData(), { epochs: 1 });
    const { history, ...older } = await trainer.save();
    expect(history).toHaveLength(1);
    await trainer.restore(older);
    expect((await trainer.fit(tinyData(), { epochs: 2 })).earlier).toEqual([]);
    trainer.dispose();
  });

  it.each([
    ['more epochs than were trained', [{ loss: 1 }, { loss: 1 }], /after 1 epochs, but has the figures of 2/],
    ['something else', [{ loss: 'low' }], /history\[0\]\.loss must be a number/],
    ['no list', { loss: 1 }, /history must be/],
  ])('are refused with %s', async (_, history, words) => {
    const trainer = tinyTrainer([]);
    await trainer.fit(tinyData(), { epochs: 1 });
    const snapshot = await trainer.save();
    await expect(trainer.restore({ ...snapshot, history } as never)).rejects.toThrow(words);
    trainer.dispose();
  });
});
