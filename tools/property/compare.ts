import { expectClose, type Tolerance } from '@cantrip/testing';
import { expect } from 'vitest';

/** What is compared of a training. */
export interface Compared {
  readonly epochs: readonly Readonly<Record<string, number>>[];
  readonly weights: Readonly<Record<string, ArrayLike<number>>>;
  readonly steps: number;
}

export interface Tolerances {
  readonly figures: Tolerance;
  readonly weights: Tolerance;
}

/** Expects the same figures of every epoch, and the same weights in the end. */
export function expectSame(actual: Compared, expected: Compared, tolerances: Tolerances): void {
  expect(actual.steps, 'steps').toBe(expected.steps);
  expect(actual.epochs, 'epochs').toHaveLength(expected.epochs.length);
  expected.epochs.forEach((wanted, at) => {
    const figures = actual.epochs[at]!;
    expect(Object.keys(figures).sort()).toEqual(Object.keys(wanted).sort());
    for (const [name, value] of Object.entries(wanted)) {
      about(`${name} of epoch ${at}`, () => expectClose([figures[name]!], [value], tolerances.figures));
    }
  });
  const names = Object.keys(actual.weights);
  expect(names).toHaveLength(Object.keys(expected.weights).length);
  Object.entries(expected.weights).forEach(([name, values], at) => {
    // Variables of a function have numbers for names, in the order in which they were made.
    const own = actual.weights[name] ?? actual.weights[names[at]!]!;
    about(name, () => expectClose(own, Array.from(values), tolerances.weights));
  });
}

function about(what: string, check: () => void): void {
  try {
    check();
  } catch (error) {
    throw new Error(`${what}: ${(error as Error).message}`, { cause: error });
  }
}
