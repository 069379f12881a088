import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Case } from './cases/cases.ts';
import { type Child, startChild } from './contenders/child.ts';
import { compareLosses } from './page/compare-losses.ts';
import { commandOf, type Place } from './contenders/contender-command.ts';
import type { Contender } from './contenders/contenders.ts';
import { flopsOfStep, parametersOf } from './cases/flops.ts';
import { benchDevice } from '../measuring/bench-device.ts';
import { idleCheck } from '../measuring/idle-check.ts';
import { writeProblem } from './cases/problem.ts';
import type { CaseReport } from './page/report.ts';
import { type Measured, reportCase } from './page/report-case.ts';

export interface RunOptions {
  readonly rounds: number;
  readonly epochRounds: number;
  /** Seconds that each contender trains before the first round. */
  readonly warmUp: number;
  readonly threads: number;
  /** Instead of the case's own number of steps in a turn. */
  readonly steps?: number;
  readonly say: (line: string) => void;
}

/** Products of 512 x 512 matrices in a turn. */
const PRODUCTS = 20;

/** Milliseconds after a turn in which threads that wait actively give up. */
const SETTLE = 50;

/** Runs one case: all contenders at once, each in its process, in turns. */
export async function runCase(
  oneCase: Case,
  contenders: readonly Contender[],
  options: RunOptions,
): Promise<CaseReport> {
  const scratchFolder = mkdtempSync(join(tmpdir(), 'cantrip-bench-'));
  const place = {
    scratchFolder,
    problemFile: join(scratchFolder, 'problem.safetensors'),
    threads: options.threads,
  };
  const running: Running[] = [];
  try {
    const model = oneCase.model();
    writeProblem(place.problemFile, model, oneCase);
    for (const contender of contenders)
      running.push(await startContender(contender, oneCase, place, options));
    compareLosses(Object.fromEntries(running.map(({ contender, losses }) => [contender.name, losses])));
    for (const { child } of running) await warmUp(child, oneCase, options);
    await runRounds(running, oneCase, options);
    for (const one of running) one.peakBytes = (await one.child.request({ cmd: 'memory' })).bytes!;
    await runEpochs(running, oneCase, options);
    const facts = {
      flopsPerStep: flopsOfStep(model, oneCase.batch),
      parameters: parametersOf(model, oneCase),
    };
    return reportCase(oneCase, running, { ...facts, stepsPerRound: options.steps ?? oneCase.steps });
  } finally {
    for (const { child } of running) await child.close();
    rmSync(scratchFolder, { recursive: true, force: true });
  }
}

interface Running extends Measured {
  readonly child: Child;
  peakBytes: number;
}

/** One after the other, for a first step, of which most is compiling, has the machine to itself. */
async function startContender(
  contender: Contender,
  oneCase: Case,
  place: Place,
  { say }: RunOptions,
): Promise<Running> {
  const child = await startChild(contender.name, commandOf(contender, oneCase, place));
  const { milliseconds = Number.NaN } = await child.request({ cmd: 'first_step' });
  const { losses = [] } = await child.request({ cmd: 'losses' });
  if (isCompared(contender))
    for (let epoch = losses.length; epoch < 2 * losses.length; epoch++)
      await child.request({ cmd: 'steps', count: 1 });
  say(`  ${contender.name}: first step ${Math.round(milliseconds)} ms`);
  return {
    contender,
    child,
    losses,
    firstStepMilliseconds: milliseconds,
    stepMilliseconds: [],
    productMilliseconds: [],
    epochs: [],
    peakBytes: 0,
    versions: child.versions,
  };
}

/**
 * A turn is an epoch to Cantrip, which compares the first step of each of its first 16 epochs with its JavaScript. In a
 * turn of one step this would be a large part of the time, so these epochs are over before the first turn that counts.
 */
function isCompared({ family }: Contender): boolean {
  return family === 'cantrip' && benchDevice !== 'wasm';
}

/**
 * Trains until V8 and torch.compile have compiled what a step runs, which takes hundreds of steps. The LSTM took 5.1 ms
 * a step without this, and 3.7 ms with it.
 */
async function warmUp(
  child: Child,
  oneCase: Case,
  { steps: count = oneCase.steps, warmUp }: RunOptions,
): Promise<void> {
  const end = performance.now() + 1000 * warmUp;
  while (performance.now() < end) await child.request({ cmd: 'steps', count });
}

async function runRounds(running: readonly Running[], oneCase: Case, options: RunOptions): Promise<void> {
  const { rounds, steps: count = oneCase.steps } = options;
  await inRotation(running, rounds, async ({ child, stepMilliseconds, productMilliseconds }, counts) => {
    const steps = await child.request({ cmd: 'steps', count });
    const products = await child.request({ cmd: 'product', count: PRODUCTS });
    if (!counts) return;
    stepMilliseconds.push(steps.milliseconds! / count);
    productMilliseconds.push(products.milliseconds! / PRODUCTS);
  });
}

async function runEpochs(running: readonly Running[], oneCase: Case, options: RunOptions): Promise<void> {
  if (options.epochRounds === 0) return;
  const { steps: count = oneCase.steps } = options;
  await inRotation(running, options.epochRounds, async ({ child, epochs }, counts) => {
    const steps = await child.request({ cmd: 'steps', count });
    const epoch = await child.request({ cmd: 'epoch' });
    if (!counts) return;
    epochs.push({
      bareStepMilliseconds: steps.milliseconds! / count,
      stepMilliseconds: epoch.milliseconds! / oneCase.stepsPerEpoch,
    });
  });
}

/**
 * Everybody's turn in every round, each round begun by another. The round before the first does not count: in it,
 * memory is allocated, and epochs are compiled.
 */
async function inRotation(
  running: readonly Running[],
  rounds: number,
  turn: (one: Running, counts: boolean) => Promise<void>,
): Promise<void> {
  const idle = idleCheck(
    Object.fromEntries(running.map(({ contender, child }) => [contender.name, child.pid])),
  );
  for (let round = -1; round < rounds; round++) {
    for (let i = 0; i < running.length; i++) {
      const one = running[(i + round + running.length) % running.length]!;
      await idle.duringTurn(one.contender.name, async () => {
        await turn(one, round >= 0);
        await setTimeout(SETTLE);
      });
    }
  }
  idle.requireIdle();
}
