/**
 * What cudnn-tuner's mode measure chooses for the steps of the step benchmark, and what the choice is worth: the default
 * and the choice are timed once more, in processes of their own, in turns. Takes some 8 minutes; writes
 * results/tuning.json and what is made from it.
 *
 *     npm run bench:tuning -- [CASE ...]
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findLibrary } from '@cantrip/core-tensor-gpu';
import { type StoredChoice, storedChoices } from '@cantrip/core-tensor-gpu/tuning';
import {
  type Order,
  orderVariable,
  type StepReport,
} from '../../../packages/cudnn-tuner/src/measure/rehearse.ts';
import { writeGenerated } from '../../generate/write-generated.ts';
import { inTurns, writeResult } from '../measuring/measure.ts';
import { type Case, cases } from '../step/cases/cases.ts';
import { measuredHere } from '../measuring/measured-here.ts';
import type { TuningResult, TuningResults } from '../tuning/tuning-results.ts';

/** Seconds that mode measure may take. */
const BUDGET = 60;
const ROUNDS = 5;
/** So long steps are timed in one process. */
const MILLISECONDS = 1500;

const program = fileURLToPath(new URL('../tuning/tuning-program.ts', import.meta.url));
const library = await findLibrary();
if (library === undefined) throw new Error('There is no TensorFlow here: npx cantrip install-runtime');

/** Runs the program with a cache folder of its own, in which nothing has been measured. */
async function run(
  { name }: Case,
  cache: string,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  const args = ['--conditions=@cantrip/source', '--import', 'tsx', program, name, `${BUDGET}`];
  const env = { ...process.env, XDG_CACHE_HOME: cache, CANTRIP_TENSORFLOW: library, ...environment };
  await promisify(execFile)(process.execPath, args, { env });
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'cantrip-tuning-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function choose(one: Case): Promise<StoredChoice> {
  return inFolder(async (cache) => {
    await run(one, cache, {});
    const [stored] = storedChoices(join(cache, 'cantrip', 'tuning'));
    if (stored && 'choice' in stored) return stored.choice;
    throw new Error(`nothing was measured for ${one.name}`);
  });
}

/** The median step of one process, as mode measure times it. */
async function time(
  one: Case,
  { environment, compile }: Pick<StoredChoice, 'environment' | 'compile'>,
): Promise<number> {
  return inFolder(async (folder) => {
    const report = join(folder, 'report.json');
    const order: Order = { report, milliseconds: MILLISECONDS, compile };
    await run(one, folder, { ...environment, [orderVariable]: JSON.stringify(order) });
    return (JSON.parse(readFileSync(report, 'utf8')) as StepReport).milliseconds;
  });
}

async function measure(one: Case): Promise<TuningResult> {
  const { environment, compile, trials } = await choose(one);
  const usual = Object.keys(environment).length === 0 && compile === undefined;
  const choice = { environment, ...(compile && { compile }) };
  if (usual) return { ...choice, ways: trials, ratio: 1 };
  const { chosen, defaults } = await inTurns(
    {
      defaults: () => time(one, { environment: {} }),
      chosen: () => time(one, choice),
    },
    ROUNDS,
  );
  return { ...choice, ways: trials, ratio: Number((chosen / defaults).toFixed(3)) };
}

const wanted = process.argv.slice(2);
const results: Record<string, TuningResult> = {};
for (const one of cases.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  results[one.name] = await measure(one);
  process.stdout.write(`${one.title}: ${JSON.stringify(results[one.name])}\n`);
}
if (wanted.length === 0) {
  writeResult('tuning', {
    ...measuredHere(),
    what: `choice of mode measure within ${BUDGET} s, and its step time over the defaults': median of ${ROUNDS} processes of each in turns`,
    cases: results,
  } satisfies TuningResults);
  writeGenerated();
}
