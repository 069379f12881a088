import { writeFileSync } from 'node:fs';
import { arch, totalmem, type } from 'node:os';
import { openDevice } from '@cantrip/core-tensor-gpu';
import { writeGenerated } from '../../generate/write-generated.ts';
import { saveResult } from '../measuring/measure.ts';
import { contendersOf } from '../step/contenders/contenders.ts';
import { readOptions } from '../step/options.ts';
import { measuredHere } from '../measuring/measured-here.ts';
import { machineLoad } from '../measuring/machine-load.ts';
import { verdictTable } from '../step/page/page.ts';
import { requirePeers } from '../step/contenders/peers-environment.ts';
import type { CaseReport, Report } from '../step/page/report.ts';
import { runCase } from '../step/run-case.ts';
import { verdictsOf } from '../step/page/targets.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** From this share of all cores on, other programs spoil the figures. */
const BUSY = 0.05;

/** `npm run bench`: runs the cases and, after a whole run, writes results/step.json and all that is made from it. */
async function main(): Promise<void> {
  const options = readOptions(process.argv);
  requirePeers(options.cases.flatMap((oneCase) => contendersOf(oneCase, options.only)));
  const begun = performance.now();
  // Here models are only made, to draw their weights and count their FLOP.
  await openDevice('cpu');
  const load = await machineLoad();
  if (load > BUSY)
    say(`Other programs use ${Math.round(100 * load)} % of this machine: expect little of the figures.`);
  const reports: CaseReport[] = [];
  const reportSoFar = (): Report => {
    const minutes = Number(((performance.now() - begun) / 60_000).toPrecision(2));
    return reportOf(reports, { ...options, load, minutes });
  };
  for (const oneCase of options.cases) {
    say(`\n${oneCase.title}`);
    const report = await runCase(oneCase, contendersOf(oneCase, options.only), { ...options, say });
    for (const { name, stepMilliseconds, epoch } of report.contenders) {
      const images = epoch ? `, ${Math.round(epoch.imagesPerSecond.median)} images a second in an epoch` : '';
      say(`  ${name}: ${stepMilliseconds.median} ms a step${images}`);
    }
    reports.push(report);
    // After each case, so that one that fails does not lose those before it.
    if (options.json !== undefined) writeJson(options.json, reportSoFar());
  }
  const report = reportSoFar();
  say(`\nIt took ${report.minutes} minutes.`);
  say(`\n${verdictTable(verdictsOf(report))}`);
  if (!options.whole) return;
  saveResult('step', report);
  writeGenerated();
}

const writeJson = (file: string, report: Report): void =>
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);

function reportOf(
  cases: readonly CaseReport[],
  given: Pick<Report, 'threads' | 'rounds' | 'epochRounds' | 'warmUp' | 'minutes'> & {
    readonly load: number;
  },
): Report {
  const { threads, rounds, epochRounds, warmUp, minutes, load } = given;
  const { date, machine } = measuredHere();
  return {
    date,
    machine: { ...machine, memory: totalmem(), system: `${type()} ${arch()}`, load },
    threads,
    rounds,
    epochRounds,
    warmUp,
    minutes,
    cases,
  };
}

try {
  await main();
} catch (error) {
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
