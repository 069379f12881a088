/**
 * What TensorFlow spends a captured step on, op by op, from its own run metadata, and what its products alone would take
 * at the speed of a matrix product:
 *
 *     npm run bench:profile -- [case …] [--by-node]
 *
 * A run over all cases, by type, writes results/step-profile.json, and from it the page of `npm run bench`.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { openDevice } from '@cantrip/core-tensor-gpu';
import { writeGenerated } from '../../generate/write-generated.ts';
import { saveResult } from '../measuring/measure.ts';
import { type Case, cases } from '../step/cases/cases.ts';
import { measuredHere } from '../measuring/measured-here.ts';
import { commandOf, type Place } from '../step/contenders/contender-command.ts';
import { type Contender, contendersOf } from '../step/contenders/contenders.ts';
import { flopsOfStep } from '../step/cases/flops.ts';
import { writeProblem } from '../step/cases/problem.ts';
import {
  type CaseProfile,
  profileCase,
  type ProfileReport,
  type WayTimes,
} from '../step/profile/profile-report.ts';

const STEPS = 30;
/** Of the ops of a step, so many are printed. */
const PRINTED = 40;
const threads = availableParallelism();
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'by-node': { type: 'boolean', default: false } },
});

async function main(): Promise<void> {
  const unknown = positionals.filter((name) => !cases.some((one) => one.name === name));
  if (unknown.length > 0)
    throw new Error(`There is no ${unknown.join(', ')}, only ${cases.map(({ name }) => name).join(', ')}.`);
  // Here models are only made, to draw their weights and count their FLOP.
  await openDevice('cpu');
  const profiles: CaseProfile[] = [];
  for (const one of cases.filter(({ name }) => positionals.length === 0 || positionals.includes(name))) {
    profiles.push(await profile(one));
    print(profiles.at(-1)!);
  }
  const part = positionals.length > 0 || values['by-node'];
  if (part && process.env['CANTRIP_BENCH_RESULTS'] === undefined) return;
  saveResult('step-profile', {
    ...measuredHere(),
    threads,
    steps: STEPS,
    cases: profiles,
  } satisfies ProfileReport);
  writeGenerated();
}

async function profile(one: Case): Promise<CaseProfile> {
  const scratchFolder = mkdtempSync(join(tmpdir(), 'cantrip-profile-'));
  const place = { scratchFolder, problemFile: join(scratchFolder, 'problem.safetensors'), threads };
  try {
    const model = one.model();
    writeProblem(place.problemFile, model, one);
    const ways: (readonly [Contender, WayTimes])[] = [];
    for (const way of contendersOf(one).filter(isProfiled)) ways.push([way, await timesOf(way, one, place)]);
    return profileCase(one, flopsOfStep(model, one.batch), ways);
  } finally {
    rmSync(scratchFolder, { recursive: true, force: true });
  }
}

const isProfiled = ({ name }: Contender): boolean => name === 'cantrip';

async function timesOf(way: Contender, one: Case, place: Place): Promise<WayTimes> {
  const options = { steps: STEPS, byNode: values['by-node'] };
  const { command, args, environment } = commandOf(
    { ...way, file: '../profile/profile-way.ts', options },
    one,
    place,
  );
  const env = { ...process.env, ...environment };
  const { stdout } = await promisify(execFile)(command, [...args], { env, maxBuffer: 2 ** 26 });
  return JSON.parse(stdout) as WayTimes;
}

function print({ title, ways, floorMilliseconds, productGflops }: CaseProfile): void {
  const lines = ways.flatMap((way) => [
    '',
    `${title}, ${way.title}: ${way.stepMilliseconds.median} ms a step; its products at ${productGflops} GFLOP/s: ` +
      `${floorMilliseconds} ms, ${Math.round(100 * way.reachedShare)} %; a batch of an epoch: ${way.batchMilliseconds.median} ms`,
    ...way.ops.slice(0, PRINTED).map(({ op, count, milliseconds, share }) => {
      const cells = [
        (100 * share).toFixed(1).padStart(5),
        milliseconds.toFixed(3).padStart(8),
        String(count).padStart(4),
      ];
      return `${cells[0]} %  ${cells[1]} ms  ${cells[2]}  ${op.slice(0, 110)}`;
    }),
  ]);
  process.stdout.write(`${lines.join('\n')}\n`);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
