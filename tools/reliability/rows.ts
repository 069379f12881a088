import { readFileSync } from 'node:fs';
import type { Case } from './cases.ts';
import type { Result } from './run-cases.ts';

/** The cases of one kind, run in one way: a row of the table. */
export interface Row {
  readonly group: string;
  readonly way: string;
  readonly equal: number;
  /** Names of cases, each with what was wrong. */
  readonly wrong: readonly string[];
  readonly notRun: number;
}

/** The rows of the committed result. */
export function readRows(): readonly Row[] {
  const file = new URL('../benchmarks/results/reliability.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly rows: readonly Row[] }).rows;
}

/** The cases that earlier rows count as wrong or not run. A row's cases run in their order. */
export function remaining(cases: readonly Case[], before: readonly Row[]): readonly Case[] {
  return before.length === 0
    ? cases
    : keysOf(cases).flatMap((row) => {
        const own = cases.filter(isOf(row));
        const known = before.find(isOf(row));
        const ran = known ? known.equal + known.wrong.length : 0;
        return own.filter(({ name }, at) => at >= ran || known!.wrong.some((text) => isAbout(text, name)));
      });
}

/** Counts by kind and way. What the time did not reach is a count too. */
export function rowsOf(
  cases: readonly Case[],
  { before, done }: { readonly before: readonly Row[]; readonly done: readonly Result[] },
): readonly Row[] {
  return keysOf(cases).map((row) => {
    const now = done.filter(isOf(row));
    const known = before.find(isOf(row));
    const stillWrong = (known?.wrong ?? []).filter((text) => !now.some(({ name }) => isAbout(text, name)));
    const wrong = [
      ...stillWrong,
      ...now.flatMap(({ name, wrong: why }) => (why === undefined ? [] : [`${name}: ${why}`])),
    ];
    const equal = (known?.equal ?? 0) + now.filter((one) => one.wrong === undefined).length;
    return { ...row, equal, wrong, notRun: cases.filter(isOf(row)).length - equal - wrong.length };
  });
}

type Key = Pick<Row, 'group' | 'way'>;

const isOf =
  ({ group, way }: Key) =>
  (one: Key): boolean =>
    one.group === group && one.way === way;

const isAbout = (text: string, name: string): boolean => text.startsWith(`${name}: `);

function keysOf(cases: readonly Case[]): readonly Key[] {
  const keys = new Set(cases.map(({ group, way }) => JSON.stringify([group, way])));
  return [...keys].map((key) => {
    const [group, way] = JSON.parse(key) as [string, string];
    return { group, way };
  });
}
