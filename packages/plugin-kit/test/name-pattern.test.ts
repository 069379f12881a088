import { matchesName, namePatternCheck } from '@cantrip/plugin-kit';
import { describe, expect, it } from 'vitest';

describe('matchesName', () => {
  it.each([
    ['head/**', 'head/dense_1/kernel', true],
    ['head/*', 'head/dense_1/kernel', false],
    ['*_1/kernel', 'dense_1/kernel', true],
    ['kernel', 'dense_1/kernel', false],
    ['dense.1/kernel', 'dense_1/kernel', false],
    [/kernel$/, 'dense_1/kernel', true],
    [/^kernel/, 'dense_1/kernel', false],
  ] as const)('%s in %s: %s', (pattern, name, expected) => {
    expect(matchesName(pattern, name)).toBe(expected);
  });

  it('matches the name without the number that makes it unique, too', () => {
    expect(matchesName('*/bias', 'bidirectional_1/bias_2')).toBe(false);
    expect(matchesName('*/bias', 'bidirectional_1/bias_2', 'bidirectional_1/bias')).toBe(true);
    expect(matchesName(/bias_2$/, 'bidirectional_1/bias_2', 'bidirectional_1/bias')).toBe(true);
  });

  it('gives the same answer twice for an expression with the flag g', () => {
    const pattern = /bias/g;
    expect([matchesName(pattern, 'bias'), matchesName(pattern, 'bias')]).toEqual([true, true]);
  });

  it('says what a pattern must be', () => {
    expect(namePatternCheck('')).toBe('must be a RegExp or a glob');
    expect(namePatternCheck(1)).toBe('must be a RegExp or a glob');
    expect(namePatternCheck('**')).toBeUndefined();
    expect(() => matchesName(1 as never, 'bias')).toThrow(/^\[matchesName\] pattern .+\(OPTION_INVALID\)$/);
  });
});
