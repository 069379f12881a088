/**
 * Kills trainings, and does worse to them, and compares how they end with the unbroken run, to the bit.
 *
 *     npm run reliability:quick       the cases of continuous integration, two minutes
 *     npm run reliability [minutes]   everything, as far as the time reaches; writes tools/benchmarks/results/reliability.json
 */
import { saveResult } from '../benchmarks/measuring/measure.ts';
import { measuredHere } from '../benchmarks/measuring/measured-here.ts';
import { longCases } from './long-cases.ts';
import { quickCases } from './quick-cases.ts';
import { bundleProgram } from './run-child.ts';
import { type Result, runCases } from './run-cases.ts';

await bundleProgram();
const isQuick = process.argv[2] === 'quick';
const cases = isQuick ? await quickCases() : await longCases();
const until = isQuick ? Infinity : Date.now() + 60_000 * Number(process.argv[2] ?? 120);
const done: Result[] = [];
await runCases(cases, {
  until,
  done(result) {
    const { group, way, name, wrong } = result;
    console.log(`${wrong ?? 'ok'}: ${group} (${way}): ${name}`);
    done.push(result);
    // Now and then, so that a program that is stopped leaves what it has found.
    if (!isQuick && done.length % 50 === 0) save();
  },
});
if (!isQuick) save();
if (done.some(({ wrong }) => wrong !== undefined)) process.exitCode = 1;

function save(): void {
  saveResult('reliability', { ...measuredHere(), node: process.version, rows: rowsOf() });
}

/** Counts by kind and way. What the time did not reach is a count too. */
function rowsOf(): readonly object[] {
  const keys = [...new Set(cases.map(({ group, way }) => JSON.stringify([group, way])))];
  return keys.map((key) => {
    const [group, way] = JSON.parse(key) as [string, string];
    const isOfRow = (one: { readonly group: string; readonly way: string }): boolean =>
      one.group === group && one.way === way;
    const ran = done.filter(isOfRow);
    const wrong = ran.filter((one) => one.wrong !== undefined);
    return {
      group,
      way,
      equal: ran.length - wrong.length,
      wrong: wrong.map(({ name, wrong: why }) => `${name}: ${why}`),
      notRun: cases.filter(isOfRow).length - ran.length,
    };
  });
}
