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
 * Times the step in processes of their own, stores what is the fastest and gives it.
 *
 * @param budget - seconds that it may take
 * @returns undefined where nothing could be measured; a message says why
 */
export async function findFastest(
  place: MeasuringPlace,
  { capture, compile, log }: TuneContext,
  budget: number,
): Promise<StoredChoice | undefined> {
  log(
    `[cudnn-tuner] measures for ${budget} s at most how to run the step: this program runs again, silently, up to fit.`,
  );
  const end = performance.now() + 1000 * budget;
  const left = (): number => Math.max(1, end - performance.now());
  const first = await timeInChild(defaults, left());
  if ('failure' in first) {
    log(`[cudnn-tuner] measured nothing: ${first.failure}.`);
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
    log(`[cudnn-tuner] ${budget} s were too short to measure anything; give a larger budget.`);
    return undefined;
  }
  const choice = choiceOf(place, key, first, winner);
  const where = inStore(() => `stored in ${storeChoice(choice)}`);
  log(`[cudnn-tuner] measured ${winner.ways} ways to run the step: ${outcome(winner)}; ${where}.`);
  return remembered(place, choice);
}

function remembered({ program }: MeasuringPlace, choice: StoredChoice): StoredChoice {
  inStore(() => rememberLast(program, choice));
  return choice;
}

/** A store that can't be written to costs the next start its measuring; it is no reason not to train. */
function inStore<T>(write: () => T): T | string {
  try {
    return write();
  } catch (error) {
    return `not stored, so that the next start measures anew (${(error as Error).message})`;
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
    : `${words} takes ${ratio.toFixed(2)} of the defaults' time`;
}
