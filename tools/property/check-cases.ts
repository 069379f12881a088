import fc from 'fast-check';
import type { Case } from './case.ts';

/** Draws of all properties together, which take some four minutes on one core. */
const drawsInAll = 2000;

/**
 * Checks a property of drawn cases. A failure prints the smallest case that fails, its seed and its path.
 *
 * CANTRIP_DRAWS says how many are drawn in all, CANTRIP_SEED which, and CANTRIP_PATH with the seed runs one again.
 *
 * @param share - of all draws
 */
export async function checkCases(
  cases: fc.Arbitrary<Case>,
  share: number,
  check: (given: Case) => Promise<void>,
): Promise<void> {
  const { CANTRIP_DRAWS, CANTRIP_SEED, CANTRIP_PATH } = process.env;
  await fc.assert(fc.asyncProperty(cases, check), {
    numRuns: Math.ceil(Number(CANTRIP_DRAWS ?? drawsInAll) * share),
    seed: Number(CANTRIP_SEED ?? 13),
    ...(CANTRIP_PATH && { path: CANTRIP_PATH }),
  });
}
