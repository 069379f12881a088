import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import type { Figure } from '../design/define-ablation.ts';

const schema = v.object({
  // NaN means a value that could not be computed.
  value: v.custom<number>((value) => typeof value === 'number', 'must be a number'),
  figure: v.looseObject({ percent: v.optional(v.boolean(), false) }),
});

function isPercent(who: string, value: number, figure: Pick<Figure, 'percent'>): boolean {
  return parseOptions(who, schema, { value, figure }).figure.percent;
}

/**
 * Formats a figure for people: shares in percent with two decimals, others with four significant digits.
 *
 * @throws CantripError OPTION_INVALID
 */
export function formatFigure(value: number, figure: Pick<Figure, 'percent'>): string {
  const percent = isPercent('formatFigure', value, figure);
  if (Number.isNaN(value)) return 'none';
  return percent ? `${(100 * value).toFixed(2)} %` : Number(value.toPrecision(4)).toString();
}

/**
 * Formats a difference with its sign; differences of shares are in percentage points.
 *
 * @throws CantripError OPTION_INVALID
 */
export function formatDifference(value: number, figure: Pick<Figure, 'percent'>): string {
  const percent = isPercent('formatDifference', value, figure);
  if (Number.isNaN(value)) return 'none';
  const text = percent
    ? (100 * Math.abs(value)).toFixed(2)
    : Number(Math.abs(value).toPrecision(3)).toString();
  return `${value < 0 ? '-' : '+'}${text}`;
}
