import '@tensorflow/tfjs-backend-cpu';
import { seed } from '@cantrip/seed';
import type { Run } from '@cantrip/trainer';
import { describe, expect, it } from 'vitest';

const original = Math.random;
const noDevice = { name: 'cpu', version: '', threads: 1, hardware: '', memory: 0, passedOver: [] } as const;
const prepare = (
  plugin: ReturnType<typeof seed>,
  value: number,
): { messages: string[]; undo: () => void } => {
  const messages: string[] = [];
  const log = (message: string): void => void messages.push(message);
  const undo = plugin.prepare!({ seed: value, device: noDevice, log }) as () => void;
  return { messages, undo };
};

describe('seed', () => {
  it('gives the trainer the seed of the run', () => {
    expect(seed({ value: 42 })).toMatchObject({ name: 'seed', seed: 42 });
    expect(seed({ value: 0 }).seed).toBe(0);
  });

  it('seeds Math.random before the model is built, and restores it', () => {
    const draw = (value: number): number => {
      const { undo, messages } = prepare(seed({ value }), value);
      const drawn = Math.random();
      undo();
      expect(messages).toEqual([]);
      return drawn;
    };
    expect(draw(42)).toBe(draw(42));
    expect(draw(42)).not.toBe(draw(0));
    expect(Math.random).toBe(original);
  });

  it('leaves the choice to the trainer when no value is given, and logs how to repeat the run', () => {
    const plugin = seed();
    expect('seed' in plugin).toBe(false);
    const { messages, undo } = prepare(plugin, 2894106731);
    undo();
    expect(messages).toEqual(['seed 2894106731 was generated: seed({ value: 2894106731 }) repeats this run']);
  });

  it('takes value: undefined for none', () => {
    expect('seed' in seed({ value: undefined })).toBe(false);
  });

  it('tells other plugins the seed of the run', () => {
    const run = { seed: 5 } as Run;
    expect(seed().api!(run, { draws: 0 }, undefined)).toEqual({ value: 5 });
  });

  it.each([
    ['negative', { value: -1 }, 'value must be an integer in [0, 2^53), got -1'],
    ['a fraction', { value: 0.5 }, 'value must be an integer in [0, 2^53), got 0.5'],
    ['too large', { value: 2 ** 53 }, 'value must be an integer in [0, 2^53), got 9007199254740992'],
    ['NaN', { value: Number.NaN }, 'got NaN'],
    ['infinite', { value: Number.POSITIVE_INFINITY }, 'got Infinity'],
    ['text', { value: '42' }, 'got "42"'],
    ['a bigint', { value: 42n }, 'got 42n'],
    ['null', { value: null }, 'got null'],
    ['misspelt', { seed: 42 }, 'has no option seed'],
    ['no object', 42, 'options must be a plain object, got 42'],
  ])('refuses a seed that is %s', (_what, options, message) => {
    expect(() => seed(options as never)).toThrow(message);
    expect(() => seed(options as never)).toThrow(/^\[seed\] .*\(OPTION_INVALID\)$/);
  });
});
