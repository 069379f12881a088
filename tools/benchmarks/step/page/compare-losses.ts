import { benchDevice } from '../../measuring/bench-device.ts';
import { markdownTable } from '../../../markdown/markdown-table.ts';

/**
 * How far losses of the same training may lie apart, relatively: several times what rounding does in ten steps. A card
 * rounds factors to 11 bits, as the peers do there.
 */
export const TOLERANCE: number = benchDevice === 'cuda' ? 5e-2 : 1e-3;

/** Contenders that multiply numbers of 8 bits part sooner. */
const inBfloat16 = 5e-2;

/**
 * Makes sure that all contenders train the same model on the same data: their losses are those of the first.
 *
 * @throws Error with a table of all losses where some are not
 */
export function compareLosses(losses: Readonly<Record<string, readonly number[]>>): void {
  const [[reference, expected] = ['', []], ...others] = Object.entries(losses);
  const different = others.filter(([name, actual]) => {
    const tolerance = `${reference} ${name}`.includes('bfloat16') ? inBfloat16 : TOLERANCE;
    return !(distance(expected, actual) <= tolerance);
  });
  if (different.length === 0) return;
  const names = different.map(([name]) => name).join(', ');
  throw new Error(
    `The losses of ${names} are not those of ${reference}: they do not do the same.\n\n${lossTable(losses)}`,
  );
}

function distance(expected: readonly number[], actual: readonly number[]): number {
  if (expected.length !== actual.length) return Number.POSITIVE_INFINITY;
  return expected.reduce((worst, loss, i) => {
    const apart = Math.abs(actual[i]! - loss) / Math.abs(loss);
    // Not Math.max alone: a NaN must not be passed over.
    return Number.isNaN(apart) ? Number.POSITIVE_INFINITY : Math.max(worst, apart);
  }, 0);
}

function lossTable(losses: Readonly<Record<string, readonly number[]>>): string {
  const names = Object.keys(losses);
  const steps = Math.max(...Object.values(losses).map(({ length }) => length));
  const rows = Array.from({ length: steps }, (_, step) => [
    String(step),
    ...names.map((name) => losses[name]![step]?.toFixed(6) ?? ''),
  ]);
  return markdownTable(['step', ...names], rows);
}
