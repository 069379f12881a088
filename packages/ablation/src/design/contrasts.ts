import { checkDesign, type Design, type Variant, variantsOf } from './design.ts';

/** An effect as a weighted sum of the variants' values; the weights sum to 0. */
export interface Contrast {
  /** The name of a trick, or `a x b` for an interaction. */
  readonly name: string;
  readonly kind: 'effect' | 'interaction';
  /** The trick, or the two tricks. */
  readonly factors: readonly string[];
  readonly terms: readonly { readonly variant: Variant; readonly weight: number }[];
}

/**
 * Returns the effects that a design can measure.
 *
 * - `leave-one-out`: all tricks - all without the trick. `add-one`: only the trick - no tricks.
 * - `factorial`: the main effect of a trick is the mean of all variants with it - the mean of those without it. The
 *   interaction of two tricks is how much larger the effect of one is with the other than without it. These are the
 *   coefficients of ordinary least squares, with every trick coded as -1/2 and +1/2. Interactions of three and more
 *   are not computed.
 *
 * @throws CantripError OPTION_INVALID
 */
export function contrastsOf(design: Design, tricks: readonly string[]): Contrast[] {
  checkDesign('contrastsOf', design, tricks);
  const variants = variantsOf(design, tricks);
  const effects = tricks.map((trick): Contrast => ({
    name: trick,
    kind: 'effect',
    factors: [trick],
    terms: design === 'factorial' ? coded(variants, [trick]) : pair(variants, design, trick),
  }));
  if (design !== 'factorial') return effects;
  const interactions = tricks.flatMap((a, at) =>
    tricks.slice(at + 1).map((b): Contrast => ({
      name: `${a} x ${b}`,
      kind: 'interaction',
      factors: [a, b],
      terms: coded(variants, [a, b]),
    })),
  );
  return [...effects, ...interactions];
}

function pair([reference, ...others]: readonly Variant[], design: Design, trick: string): Contrast['terms'] {
  const leavesOut = design === 'leave-one-out';
  const other = others.find(({ tricks }) => tricks.includes(trick) !== leavesOut)!;
  const sign = leavesOut ? 1 : -1;
  return [
    { variant: reference!, weight: sign },
    { variant: other, weight: -sign },
  ];
}

/** The sign of each factor is the product of the signs of its tricks. A main effect is a difference of two means. */
function coded(variants: readonly Variant[], factors: readonly string[]): Contrast['terms'] {
  const size = 2 ** factors.length / variants.length;
  return variants.map((variant) => {
    const off = factors.filter((factor) => !variant.tricks.includes(factor)).length;
    return { variant, weight: off % 2 === 0 ? size : -size };
  });
}
