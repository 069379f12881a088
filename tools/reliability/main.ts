/**
 * Kills trainings, and does worse to them, and compares how they end with the unbroken run, to the bit.
 *
 *     npm run reliability:quick                the cases of continuous integration, two minutes
 *     npm run reliability [minutes]            everything, as far as the time reaches; writes tools/benchmarks/results/reliability.json
 *     npm run reliability [minutes] continue   what that file counts as wrong or not run
 */
import { saveResult } from '../benchmarks/measuring/measure.ts';
import { measuredHere } from '../benchmarks/measuring/measured-here.ts';
import type { Case } from './cases.ts';
import { longCases } from './long-cases.ts';
import { quickCases } from './quick-cases.ts';
import { readRows, remaining, rowsOf } from './rows.ts';
import { bundleProgram } from './run-child.ts';
import { type Result, runCases } from './run-cases.ts';

await bundleProgram();
const [minutes, how] = process.argv.slice(2);
const failed = minutes === 'quick' ? await runQuick() : await runLong(await longCases());
if (failed > 0) process.exitCode = 1;

async function runQuick(): Promise<number> {
  return countWrong(await runCases(await quickCases(), { done: print }));
}

async function runLong(cases: readonly Case[]): Promise<number> {
  const before = how === 'continue' ? readRows() : [];
  const done: Result[] = [];
  const save = (): void => {
    saveResult('reliability', {
      ...measuredHere(),
      node: process.version,
      rows: rowsOf(cases, { before, done }),
    });
  };
  await runCases(remaining(cases, before), {
    until: Date.now() + 60_000 * Number(minutes ?? 120),
    done(result) {
      print(result);
      done.push(result);
      // Now and then, so that a program that is stopped leaves what it has found.
      if (done.length % 50 === 0) save();
    },
  });
  save();
  return countWrong(done);
}

function print({ group, way, name, wrong }: Result): void {
  console.log(`${wrong ?? 'ok'}: ${group} (${way}): ${name}`);
}

function countWrong(results: readonly Result[]): number {
  return results.filter(({ wrong }) => wrong !== undefined).length;
}
