import type { Figure } from '../design/define-ablation.ts';

/** A figure for people: shares in percent with two digits, others with four that count. */
export function formatFigure(value: number, { percent = false }: Pick<Figure, 'percent'>): string {
  if (Number.isNaN(value)) return 'none';
  return percent ? `${(100 * value).toFixed(2)} %` : Number(value.toPrecision(4)).toString();
}

/** A difference with its sign, of shares in percentage points. */
export function formatDifference(value: number, { percent = false }: Pick<Figure, 'percent'>): string {
  if (Number.isNaN(value)) return 'none';
  const text = percent
    ? (100 * Math.abs(value)).toFixed(2)
    : Number(Math.abs(value).toPrecision(3)).toString();
  return `${value < 0 ? '-' : '+'}${text}`;
}
