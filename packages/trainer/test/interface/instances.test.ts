import * as tf from '@tensorflow/tfjs-core';
import type { AnyPlugin, Plugin } from '@cantrip/trainer';
import { presentWays, tinyData, type Way } from '@cantrip/testing';
import { describe, expect, it } from 'vitest';

interface Counted extends Record<string, unknown> {
  steps: number;
}

/** Adds its share, its random number and its counts, each under a name that every instance uses. */
const counting = (instance: string, share: number, seen: Record<string, number[]>): Plugin<Counted> => ({
  name: 'counting',
  instance,
  state: () => ({ steps: 0 }),
  variables: () => ({
    sum: tf.variable(tf.scalar(0), false),
    drawn: tf.variable(tf.scalar(0), false),
  }),
  scheduleScalars: (scalars, { state }) => ({ ...scalars, share: share * (state.steps + 1) }),
  transformBatch(batch, { scalar, random, ownVariables }) {
    ownVariables['sum']!.assign(tf.add(ownVariables['sum']!, scalar('share')));
    ownVariables['drawn']!.assign(random('drawn').uniform([]) as tf.Scalar);
    return batch;
  },
  onStepEnd({ state, random, ownVariables }) {
    state.steps += share;
    const numbers = [ownVariables['sum']!.dataSync()[0]!, ownVariables['drawn']!.dataSync()[0]!];
    (seen[instance] ??= []).push(...numbers, random('host').uniform());
  },
});

describe.each(await presentWays())('two instances of one plugin, $name,', (way: Way) => {
  const plugins = (seen: Record<string, number[]>): readonly Plugin<Counted>[] => [
    counting('left', 1, seen),
    counting('right', 2, seen),
  ];

  it('have scalars, variables, states and random numbers of their own', async () => {
    const seen: Record<string, number[]> = {};
    const trainer = way.tinyTrainer(plugins(seen));
    await trainer.fit(tinyData(), { epochs: 1 });
    trainer.dispose();
    const [left, right] = [seen['left']!, seen['right']!];
    // Shares 1, 2, 3 and 2, 6, 10, added up.
    expect([left[0], left[3], left[6]]).toEqual([1, 3, 6]);
    expect([right[0], right[3], right[6]]).toEqual([2, 8, 18]);
    expect(left.filter((value) => right.includes(value))).toEqual([]);
  });

  it('are saved and restored by instance, to the same bits', async () => {
    const whole: Record<string, number[]> = {};
    const unbroken = way.tinyTrainer(plugins(whole));
    await unbroken.fit(tinyData(), { epochs: 2 });
    const parts: Record<string, number[]> = {};
    const first = way.tinyTrainer(plugins(parts));
    await first.fit(tinyData(), { epochs: 1 });
    const snapshot = await first.save();
    expect(Object.keys(snapshot.plugins)).toEqual(['tiny-seed', 'counting:left', 'counting:right']);
    const second = way.tinyTrainer(plugins(parts));
    await second.restore(structuredClone(snapshot));
    await second.fit(tinyData(), { epochs: 2 });
    expect(parts).toEqual(whole);
    const other = way.tinyTrainer([counting('left', 1, {}), counting('middle', 2, {})]);
    await expect(other.restore(snapshot)).rejects.toThrow('has no state of the plugin counting:middle');
    for (const trainer of [unbroken, first, second, other]) trainer.dispose();
  });
});

describe('an instance', async () => {
  const [{ tinyTrainer }] = (await presentWays()) as [Way];
  const named = (name: string, instance?: string, more: Partial<Plugin> = {}): AnyPlugin => ({
    name,
    ...(instance !== undefined && { instance }),
    ...more,
  });

  it('is named in explain() and in errors', async () => {
    const trainer = tinyTrainer([
      named('a', 'one', { onEpochBegin: () => undefined }),
      named('a', 'two', {
        onEpochBegin: () => {
          throw new Error('no luck');
        },
      }),
    ]);
    expect(trainer.explain()).toContain('plugins  tiny-seed, a:one, a:two');
    expect(trainer.explain()).toMatch(/onEpochBegin +host {2}a:one -> a:two/);
    await expect(trainer.fit(tinyData(), { epochs: 1 })).rejects.toThrow(
      '[a:two] onEpochBegin threw: no luck.',
    );
    trainer.dispose();
  });

  it('is there once: the same instance twice is refused', () => {
    expect(() => tinyTrainer([named('a', 'one'), named('a', 'one')])).toThrow(
      '[a:one] must be in the plugin list only once, but it is there twice. Remove one of the two, or give it another instance. (PLUGIN_TWICE)',
    );
    expect(() => tinyTrainer([named('a'), named('a')])).toThrow('PLUGIN_TWICE');
    expect(() => tinyTrainer([named('a'), named('a', 'one')])).not.toThrow();
  });

  it('is text that is not empty', () => {
    for (const wrong of ['', 3, null])
      expect(() => tinyTrainer([named('a', wrong as string)])).toThrow(
        /^\[a.*\] instance must be text, .*PLUGIN_INVALID/,
      );
  });

  it('is meant by the name of its plugin in after and conflicts; name:instance means one', () => {
    expect(() => tinyTrainer([named('b', undefined, { after: ['a'] }), named('a', 'one')])).toThrow(
      '[b] must come after a:one. Move it further down',
    );
    expect(() => tinyTrainer([named('b', undefined, { after: ['a:two'] }), named('a', 'one')])).not.toThrow();
    expect(() => tinyTrainer([named('b', undefined, { after: ['a:one'] }), named('a', 'one')])).toThrow(
      'PLUGIN_ORDER',
    );
    const conflicting = named('b', undefined, { conflicts: { a: 'it hurts' } });
    expect(() => tinyTrainer([named('a', 'one'), conflicting])).toThrow('PLUGIN_CONFLICT');
  });
});
