import { tinyData, tinyTrainer } from '@cantrip/testing';
import type { Plugin, Run } from '@cantrip/trainer';
import { describe, expect, it } from 'vitest';

/** Tells at which step each step of a run is held. */
function told(): { readonly plugin: Plugin; readonly held: (number | undefined)[] } {
  const held: (number | undefined)[] = [];
  return { held, plugin: { name: 'told', onStepBegin: ({ heldAt }) => void held.push(heldAt) } };
}

describe('run.holdSchedules', () => {
  it('tells host hooks the step at which schedules stay, until it is released', async () => {
    const { plugin, held } = told();
    let release = (): void => undefined;
    const holding: Plugin = {
      name: 'holding',
      onStepEnd({ run, step }) {
        if (step === 1) release = run.holdSchedules(7);
        if (step === 3) release();
      },
    };
    const trainer = tinyTrainer([plugin, holding]);
    await trainer.fit(tinyData(), { epochs: 2 });
    expect(held).toEqual([undefined, 7, 7, undefined, undefined, undefined]);
    trainer.dispose();
  });

  it('holds one run alone, where a plugin object is in two', async () => {
    const { plugin, held } = told();
    const [one, other] = [tinyTrainer([plugin]), tinyTrainer([plugin])];
    const { run } = await one.open();
    run.holdSchedules(2);
    await other.fit(tinyData({ examples: 8 }), { epochs: 1 });
    await one.fit(tinyData({ examples: 8 }), { epochs: 1 });
    expect(held).toEqual([undefined, 2]);
    one.dispose();
    other.dispose();
  });

  it('is released by its own function alone', async () => {
    const { plugin, held } = told();
    const trainer = tinyTrainer([plugin]);
    const { run } = await trainer.open();
    const first = run.holdSchedules(1);
    run.holdSchedules(2);
    first();
    await trainer.fit(tinyData({ examples: 8 }), { epochs: 1 });
    expect(held).toEqual([2]);
    trainer.dispose();
  });

  it.each([-1, 0.5, '3', undefined])('refuses %s as a step', async (step) => {
    const trainer = tinyTrainer();
    const { run } = await trainer.open();
    const hold = run.holdSchedules as (step: unknown) => () => void;
    expect(() => hold(step)).toThrow(/^\[holdSchedules\] step must be .* \(OPTION_INVALID\)$/);
    trainer.dispose();
  });
});

it('run.plugins are the plugins of the run, those of lists within and promised ones too', async () => {
  const plugins = ['a', 'b', 'c'].map((name): Plugin => ({ name, api: () => name }));
  const [a, b, c] = plugins as [Plugin, Plugin, Plugin];
  let seen: Run['plugins'] = [];
  const reader: Plugin = { name: 'reader', onTrainBegin: ({ run }) => void (seen = run.plugins) };
  const trainer = tinyTrainer([a, [b], Promise.resolve(c), reader]);
  await trainer.fit(tinyData(), { epochs: 1 });
  const { run } = await trainer.open();
  expect(seen.map(({ name }) => name)).toEqual(['tiny-seed', 'a', 'b', 'c', 'reader']);
  expect(run.use(seen[3]!)).toBe('c');
  trainer.dispose();
});
