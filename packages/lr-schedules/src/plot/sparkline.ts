/** A curve: values at evenly spaced steps, from step 0 on. */
export interface Curve {
  readonly name: string;
  readonly values: readonly number[];
}

const blocks = '▁▂▃▄▅▆▇█';

/** A curve as one line of block characters, with its smallest and largest value. */
export function sparkline({ name, values }: Curve, logarithmic: boolean): string {
  const scaled = logarithmic ? values.map(Math.log) : values;
  const least = Math.min(...scaled);
  const range = Math.max(...scaled) - least;
  const line = scaled.map((value) => blocks[range === 0 ? 0 : Math.round(((value - least) / range) * 7)]);
  const ends = `${short(Math.min(...values))} … ${short(Math.max(...values))}`;
  return `${name === '' ? '' : `${name} `}${line.join('')} ${ends}`;
}

/** Rounds to four digits. */
export function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
