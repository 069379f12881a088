import { basename } from 'node:path';
import { availableParallelism } from 'node:os';
import {
  type ChoiceKey,
  findChoice,
  rememberLast,
  storeChoice,
  type StoredChoice,
} from '@cantrip/core-tensor-gpu/tuning';
import type { TuneContext } from '@cantrip/trainer';
import { defaults, inWords, singleChanges } from './alternative.ts';
import type { MeasuringPlace } from './measuring-place.ts';
import { race, type Winner } from './race.ts';
import type { StepReport } from './rehearse.ts';
import { timeInChild } from './time-in-child.ts';

const ROUNDS = 3;

/**
 * Times the step in child processes, stores the fastest settings and returns them.
 *
 * @param budget - the largest time, in seconds
 * @returns undefined if nothing could be measured; a message says why
 */
export async function findFastest(
  place: MeasuringPlace,
  { capture, compile, log }: TuneContext,
  budget: number,
): Promise<StoredChoice | undefined> {
  log(
    `[cudnn-tuner] measures the fastest settings for at most ${budget} s: this program now runs several times, without output, up to its first fit.`,
  );
  const end = performance.now() + 1000 * budget;
  const left = (): number => Math.max(1, end - performance.now());
  const first = await timeInChild(defaults, left());
  if ('failure' in first) {
    log(`[cudnn-tuner] measured nothing: ${first.failure}. Training continues with the default settings.`);
    return undefined;
  }
  const key = keyOf(place, first);
  const known = findChoice(key);
  if (known && 'choice' in known) return remembered(place, known.choice);
  const { device } = first;
  const mayCompile = compile === undefined && capture !== false;
  const ground = { device: device.name, settings: device.settings ?? {}, fixed: place.fixed, mayCompile };
  const winner = await race(singleChanges(ground), {
    rounds: ROUNDS,
    time: (alternative) => timeInChild(alternative, left()),
    isOver: () => performance.now() >= end,
    log,
  });
  if (winner === undefined) {
    log(`[cudnn-tuner] measured nothing, because ${budget} s were too short. Set a larger budget.`);
    return undefined;
  }
  const choice = choiceOf(place, key, first, winner);
  const where = inStore(() => `stored in ${storeChoice(choice)}`);
  log(
    `[cudnn-tuner] measured ${winner.ways} ways to run the step: ${outcome(winner)}. The result is ${where}.`,
  );
  return remembered(place, choice);
}

function remembered({ program }: MeasuringPlace, choice: StoredChoice): StoredChoice {
  inStore(() => rememberLast(program, choice));
  return choice;
}

/** If the choice cannot be stored, training continues, and the next start measures again. */
function inStore<T>(write: () => T): T | string {
  try {
    return write();
  } catch (error) {
    return `not stored, so the next start measures again (${(error as Error).message})`;
  }
}

function keyOf({ place }: MeasuringPlace, { device, model, batch }: StepReport): ChoiceKey {
  return { place, device: device.name, hardware: device.hardware, version: device.version, model, batch };
}

function choiceOf(
  { program, library }: MeasuringPlace,
  key: ChoiceKey,
  { device }: StepReport,
  { alternative, ratio, milliseconds, ways }: Winner,
): StoredChoice {
  return {
    format: 1,
    name: basename(program),
    ...key,
    threads: device.threads || availableParallelism(),
    library,
    environment: alternative.environment,
    ...(alternative.compile && { compile: alternative.compile }),
    ratio,
    milliseconds,
    measured: new Date().toISOString(),
    trials: ways,
  };
}

function outcome({ alternative, ratio }: Winner): string {
  const words = inWords(alternative);
  return ratio === 1
    ? `${words} are the fastest`
    : `${words} takes ${ratio.toFixed(2)} times the time of the defaults`;
}
