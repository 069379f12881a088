import { presentDevices, testTrick, tinyData, tinyTrainer } from '@cantrip/testing';
import { seed, verifyDeterminism } from '@cantrip/seed';
import type { AnyPlugin } from '@cantrip/trainer';
import { describe, expect, it } from 'vitest';

// TensorFlow loads once in a process: here as the plugin wants it.
process.env['TF_DETERMINISTIC_OPS'] = '1';
const present = (await presentDevices(['tensorflow'])).length > 0;

testTrick(
  { name: 'seed', create: () => seed({ value: 3, deterministic: true }), devices: ['tensorflow'] },
  { describe, it },
);

describe('seed({ deterministic: true })', () => {
  it('asks for deterministic ops, and for nothing without it', () => {
    expect(seed({ deterministic: true }).environment).toEqual({ TF_DETERMINISTIC_OPS: '1' });
    expect(seed({ deterministic: 'warn' }).environment).toEqual({
      TF_DETERMINISTIC_OPS: '1',
      CANTRIP_DETERMINISTIC_OPS: 'warn',
    });
    expect(seed({ deterministic: false }).environment).toBeUndefined();
    expect(seed().environment).toBeUndefined();
  });

  it('does not go with a plugin that asks for others, and names it', () => {
    const other = { name: 'other', environment: { TF_DETERMINISTIC_OPS: '0' } };
    expect(() => tinyTrainer([other, seed({ value: 1, deterministic: true })])).toThrow(
      /^\[seed\] wants TF_DETERMINISTIC_OPS=1, but other wants TF_DETERMINISTIC_OPS=0.*\(ENVIRONMENT_CONFLICT\)$/,
    );
  });

  it.each([1, 'warning', null])('is not %j', (deterministic) => {
    expect(() => seed({ deterministic: deterministic as never })).toThrow(
      /^\[seed\] deterministic must be true, false or 'warn', got .*\(OPTION_INVALID\)$/,
    );
  });
});

describe.skipIf(!present)('a training on deterministic ops', () => {
  it.each([true, false])('is equal to the bit from run to run: capture %s', async (capture) => {
    const report = await verifyDeterminism(
      (watch) =>
        tinyTrainer(watch([seed({ value: 1, deterministic: true })]) as AnyPlugin[], {
          device: 'tensorflow',
          capture,
        }),
      { data: tinyData(), steps: 6 },
    );
    expect(report.message).toBe('6 steps are equal to the bit.');
  });
});
