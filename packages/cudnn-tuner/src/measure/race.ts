import { type Alternative, combine, defaults, inWords } from './alternative.ts';
import { isFaster, isHopeless, median, ratioOf } from './compare-times.ts';

/** The median time of a step in one process, or the reason why there is none. */
export type Timing = { readonly milliseconds: number } | { readonly failure: string };

export interface RaceOptions {
  readonly rounds: number;
  /** Times the step in a child process. */
  time(alternative: Alternative): Promise<Timing>;
  /** Whether the time is up. */
  isOver(): boolean;
  log(message: string): void;
}

/** The fastest way to run the step. */
export interface Winner {
  readonly alternative: Alternative;
  /** Its step time divided by that of the defaults; 1 if the defaults are the fastest. */
  readonly ratio: number;
  readonly milliseconds: number;
  /** The number of ways that were timed. */
  readonly ways: number;
}

/** One time for each round. Times of the same round have the same index. */
type Times = ReadonlyMap<Alternative, readonly number[]>;

/**
 * Finds the fastest way to run the step. It times each change alone. Then it times all changes together that were
 * faster alone, because together they may be faster or slower.
 *
 * @returns undefined if the time was too short to compare anything with the defaults
 */
export async function race(
  changes: readonly Alternative[],
  options: RaceOptions,
): Promise<Winner | undefined> {
  const alone = await runRounds([defaults, ...changes], options);
  const usual = alone.get(defaults) ?? [];
  if (usual.length === 0 || alone.size < Math.min(2, 1 + changes.length)) return undefined;
  const gains = gainsOver(defaults, alone);
  const best = gains[0] ?? defaults;
  const single = { alternative: best, ratio: 1, milliseconds: median(alone.get(best)!), ways: alone.size };
  if (best === defaults) return single;
  const winner = { ...single, ratio: ratioOf(alone.get(best)!, usual) };
  const together = gains.reduce(combine);
  if (inWords(together) === inWords(best)) return winner;
  const final = await runRounds([best, together], options);
  if (!gainsOver(best, final).includes(together)) return { ...winner, ways: winner.ways + 1 };
  return {
    alternative: together,
    ratio: winner.ratio * ratioOf(final.get(together)!, final.get(best)!),
    milliseconds: median(final.get(together)!),
    ways: winner.ways + 1,
  };
}

/**
 * Times each alternative once in every round, because a machine's speed drifts. Each round begins with another
 * alternative. An alternative that fails, or that is far slower than the first, is not timed again.
 */
async function runRounds(alternatives: readonly Alternative[], options: RaceOptions): Promise<Times> {
  const times = new Map<Alternative, number[]>();
  let due = alternatives;
  for (let round = 0; round < options.rounds; round++) {
    const start = round % Math.max(1, due.length);
    for (const one of [...due.slice(start), ...due.slice(0, start)]) {
      if (options.isOver()) return times;
      const timing = await options.time(one);
      if ('milliseconds' in timing) times.set(one, [...(times.get(one) ?? []), timing.milliseconds]);
      // A process that was killed because the time is up is not a failure of its alternative.
      else if (!options.isOver())
        options.log(`[cudnn-tuner] does not use ${inWords(one)}, because it failed: ${timing.failure}`);
    }
    const reference = times.get(alternatives[0]!) ?? [];
    due = due.filter((one) => {
      const own = times.get(one) ?? [];
      return own.length > round && !isHopeless(own, reference);
    });
    if (due.length < 2) return times;
  }
  return times;
}

/** The alternatives that are faster, the fastest first. */
function gainsOver(incumbent: Alternative, times: Times): readonly Alternative[] {
  const reference = times.get(incumbent) ?? [];
  const ratio = (one: Alternative): number => ratioOf(times.get(one)!, reference);
  return [...times.keys()]
    .filter((one) => one !== incumbent && isFaster(times.get(one)!, reference))
    .sort((a, b) => ratio(a) - ratio(b));
}
