/** A curve: the value at each of evenly spaced steps, from 0 on. */
export interface Curve {
  readonly name: string;
  readonly values: readonly number[];
}

const blocks = '▁▂▃▄▅▆▇█';

/** A curve as one line of block characters, with its least and its greatest value. */
export function sparkline({ name, values }: Curve, logarithmic: boolean): string {
  const scaled = logarithmic ? values.map(Math.log) : values;
  const least = Math.min(...scaled);
  const range = Math.max(...scaled) - least;
  const line = scaled.map((value) => blocks[range === 0 ? 0 : Math.round(((value - least) / range) * 7)]);
  const ends = `${short(Math.min(...values))} … ${short(Math.max(...values))}`;
  return `${name === '' ? '' : `${name} `}${line.join('')} ${ends}`;
}

/** Four digits are enough to recognise a value. */
export function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
