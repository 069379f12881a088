import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/** Runs the ways in turns, so that whatever else the machine does meets all of them; gives each one's times. */
export async function timesInTurns<Name extends string>(
  ways: Readonly<Record<Name, () => Promise<number>>>,
  rounds: number,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(ways) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = -1; round < rounds; round++) {
    for (const name of names) {
      const milliseconds = await ways[name]();
      if (round >= 0) times[name].push(milliseconds);
    }
  }
  return times;
}

/** {@link timesInTurns}, but the median of each. */
export async function inTurns<Name extends string>(
  ways: Readonly<Record<Name, () => Promise<number>>>,
  rounds: number,
): Promise<Record<Name, number>> {
  const times = Object.entries(await timesInTurns(ways, rounds)) as [Name, number[]][];
  return Object.fromEntries(times.map(([name, each]) => [name, median(each)])) as Record<Name, number>;
}

/** Writes `results/NAME.json` and prints it. */
export function writeResult(name: string, result: object): void {
  process.stdout.write(saveResult(name, result));
}

/** Where results are kept; `CANTRIP_BENCH_RESULTS` names another folder, from which no page is made. */
const resultsFolder =
  process.env['CANTRIP_BENCH_RESULTS'] ?? fileURLToPath(new URL('../results/', import.meta.url));

/** Writes `results/NAME.json`. @returns its text */
export function saveResult(name: string, result: object): string {
  const text = `${JSON.stringify(result, null, 2)}\n`;
  mkdirSync(resultsFolder, { recursive: true });
  writeFileSync(join(resultsFolder, `${name}.json`), text);
  return text;
}
