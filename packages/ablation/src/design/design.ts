import { CantripError, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';

/** The designs, which say which sets of tricks are trained; see {@link variantsOf}. */
export const designs = ['leave-one-out', 'add-one', 'factorial'] as const;

export type Design = (typeof designs)[number];

/** A set of tricks that are on. The same set has the same name in every design. */
export interface Variant {
  readonly name: string;
  /** The tricks that are on, in list order. */
  readonly tricks: readonly string[];
}

/** The maximum number of tricks for all sets: 2^16 is 65,536. */
const mostOfFactorial = 16;

const name = v.pipe(v.string(), v.nonEmpty('must not be empty'));
const schema = v.object({
  design: v.picklist(designs),
  tricks: v.pipe(
    v.array(name),
    v.nonEmpty('must hold at least one trick'),
    v.check((names) => new Set(names).size === names.length, 'must have different names'),
  ),
});

/**
 * Checks a design and the names of its tricks.
 *
 * @throws CantripError OPTION_INVALID
 */
export function checkDesign(who: string, design: Design, tricks: readonly string[]): void {
  parseOptions(who, schema, { design, tricks });
  if (design !== 'factorial' || tricks.length <= mostOfFactorial) return;
  throw new CantripError('OPTION_INVALID', {
    who,
    what: `design 'factorial' needs at most ${mostOfFactorial} tricks, got ${tricks.length}, which have ${2 ** tricks.length} sets`,
    fix: `Use another design, or at most ${mostOfFactorial} tricks`,
  });
}

/**
 * Returns the variants of a design for K tricks.
 *
 * - `leave-one-out`: all tricks, and all without each one: K + 1 variants.
 * - `add-one`: no tricks, and each one alone: K + 1 variants.
 * - `factorial`: every set: 2^K variants.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * variantsOf('leave-one-out', ['a', 'b', 'c']).map(({ name }) => name);
 * // ['all', 'without a', 'without b', 'without c']
 * ```
 */
export function variantsOf(design: Design, tricks: readonly string[]): Variant[] {
  checkDesign('variantsOf', design, tricks);
  return sets(design, tricks).map((on) => ({ name: nameOf(on, tricks), tricks: on }));
}

function sets(design: Design, tricks: readonly string[]): (readonly string[])[] {
  switch (design) {
    case 'leave-one-out':
      return [tricks, ...tricks.map((trick) => tricks.filter((other) => other !== trick))];
    case 'add-one':
      return [[], ...tricks.map((trick) => [trick])];
    case 'factorial':
      return Array.from({ length: 2 ** tricks.length }, (_, bits) =>
        tricks.filter((_, at) => (bits >> at) % 2 === 1),
      );
  }
}

/** The name of a set. It depends only on its tricks, so designs can share runs. */
function nameOf(on: readonly string[], tricks: readonly string[]): string {
  if (on.length === 0) return 'none';
  if (on.length === tricks.length) return 'all';
  if (on.length === 1) return `only ${on[0]!}`;
  const off = tricks.filter((trick) => !on.includes(trick));
  return off.length === 1 ? `without ${off[0]!}` : on.join(' + ');
}
