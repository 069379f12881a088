import {
  type AblationResult,
  contrastsOf,
  type Design,
  type RunRecord,
  variantsOf,
  verdictInWords,
} from '@cantrip/ablation';
import { loadGolden, expectClose } from '@cantrip/testing';
import { describe, expect, it } from 'vitest';
import { analyse } from '../src/analysis/analyse.ts';
import { runKey } from '../src/run/run-record.ts';
import { recordOf } from './fixtures/records.ts';

const names = (design: Design, tricks: readonly string[]): string[] =>
  variantsOf(design, tricks).map(({ name }) => name);

describe('variantsOf', () => {
  it('leaves out one trick at a time', () => {
    expect(names('leave-one-out', ['a', 'b', 'c'])).toEqual(['all', 'without a', 'without b', 'without c']);
  });

  it('adds one trick at a time', () => {
    expect(names('add-one', ['a', 'b', 'c'])).toEqual(['none', 'only a', 'only b', 'only c']);
  });

  it('makes every set, with tricks in list order', () => {
    const variants = variantsOf('factorial', ['a', 'b', 'c', 'd']);
    expect(variants).toHaveLength(16);
    expect(new Set(variants.map(({ name }) => name)).size).toBe(16);
    expect(variants.find(({ name }) => name === 'a + c')!.tricks).toEqual(['a', 'c']);
  });

  it('calls one set by one name in every design, so that designs share runs', () => {
    const factorial = names('factorial', ['a', 'b', 'c']);
    for (const design of ['leave-one-out', 'add-one'] as const)
      for (const name of names(design, ['a', 'b', 'c'])) expect(factorial).toContain(name);
  });
});

describe('contrastsOf', () => {
  it.each(['leave-one-out', 'add-one', 'factorial'] as const)('compares with and without in %s', (design) => {
    for (const { name, kind, terms } of contrastsOf(design, ['a', 'b', 'c'])) {
      expect(terms.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(0, 15);
      if (kind !== 'effect') continue;
      for (const { variant, weight } of terms) expect(weight > 0).toBe(variant.tricks.includes(name));
    }
  });
});

interface Factorial {
  readonly tricks: readonly string[];
  readonly seeds: readonly number[];
  readonly runs: readonly Readonly<Record<string, number>>[];
  readonly effects: Readonly<Record<string, number>>;
}

/** A factorial analysis of one figure. */
function analysed(
  tricks: readonly string[],
  seeds: readonly number[],
  records: readonly RunRecord[],
): AblationResult {
  return analyse({
    experiment: {
      name: 'factorial',
      parameters: {},
      tricks: tricks.map((name) => ({ name, with: { name } })),
      figures: [{ name: 'score', better: 'higher' }],
    },
    design: 'factorial',
    seeds,
    confidence: 0.95,
    processes: 1,
    records: new Map(records.map((record) => [runKey(record), record])),
  });
}

describe('a factorial design', () => {
  it('takes rounding for no interaction, and finds tricks that only work together', () => {
    const runs = [1, 2, 3, 4, 5].flatMap((seed) =>
      variantsOf('factorial', ['a', 'b', 'c']).map(({ tricks }) => {
        const has = (trick: string): number => Number(tricks.includes(trick));
        // Of numbers that have no exact binary form.
        const score = 0.5 + seed / 100 + 0.1 * has('a') + has('b') * has('c') * (0.3 + seed / 70);
        return recordOf({ tricks, seed, figures: { score } });
      }),
    );
    const { effects } = analysed(['a', 'b', 'c'], [1, 2, 3, 4, 5], runs);
    const words = effects.map((effect) => [effect.name, verdictInWords(effect)]);
    expect(words.slice(3)).toEqual([
      ['a x b', 'effects add up'],
      ['a x c', 'effects add up'],
      ['b x c', 'better together than one by one'],
    ]);
  });

  it('has the main effects and interactions of ordinary least squares', () => {
    const { cases, tolerance } = loadGolden<{ readonly factorial: Factorial }>(
      new URL('golden/statistics.json', import.meta.url),
    );
    const { tricks, seeds, runs, effects } = cases.factorial;
    const records = runs.map((run) => {
      const on = tricks.filter((trick) => run[trick] === 1);
      return recordOf({ tricks: on, seed: run['seed']!, figures: { score: run['score']! } });
    });
    const result = analysed(tricks, seeds, records);
    const ours = result.effects.map(({ name, difference }) => [name, difference.mean]);
    expect(ours.map(([name]) => name)).toEqual(Object.keys(effects));
    expectClose(
      ours.map(([, mean]) => mean as number),
      Object.values(effects),
      { absolute: 1e-12, relative: tolerance['relative']! },
    );
  });
});
