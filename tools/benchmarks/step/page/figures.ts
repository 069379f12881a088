import type { Spread } from '../../measuring/spread.ts';

/** To three digits. */
export function number(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** The median, and in brackets the quartiles. */
export function spread({ median, low, high }: Spread): string {
  return `${number(median)} [${number(low)}, ${number(high)}]`;
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
