import { attemptsIn } from './attempts.ts';
import { type Outcome, readOutcome, writeOutcome } from './outcome.ts';
import { endLeftovers, leftoversIn } from './leftovers.ts';
import { perform } from './perform.ts';
import type { Present } from './present.ts';
import type { Place, Run } from './run.ts';

export interface ListOptions {
  /** Where the outcomes are written. */
  readonly folder: string;
  /** Seconds after which no further run begins; a run that is under way is stopped then. */
  readonly seconds: number;
  readonly place: Omit<Place, 'scratch' | 'python'>;
  readonly present: Present;
  readonly say: (line: string) => void;
}

/** A run that was cut off so often is not begun again. */
const MOST_ATTEMPTS = 2;

/** Below this, a run is left for the next call. */
const LEAST_SECONDS = 5;

/**
 * Goes through the list, and skips what is done. Nothing that a run does ends the others: it fails with its reason, or is
 * left out because something is not here.
 *
 * @returns the runs that are left for another call
 */
export async function runList(runs: readonly Run[], options: ListOptions): Promise<readonly Run[]> {
  const { folder, seconds, say } = options;
  const end = performance.now() + seconds * 1000;
  const attempts = attemptsIn(folder);
  const left: Run[] = [];
  const leftovers = leftoversIn(folder);
  endLeftovers(folder);
  for (const run of runs) {
    const before = readOutcome(folder, run.name);
    const missing = missingFor(run, options.present);
    if (before && (before.status !== 'left out' || missing !== undefined)) continue;
    if (missing !== undefined) {
      finish(run, { status: 'left out', reason: missing, seconds: 0 }, options);
      continue;
    }
    if (attempts.begun(run.name) >= MOST_ATTEMPTS) {
      const reason = `it was cut off ${MOST_ATTEMPTS} times`;
      finish(run, { status: 'failed', reason, seconds: 0 }, options);
      continue;
    }
    const remaining = (end - performance.now()) / 1000;
    if (remaining < Math.min(run.limit, LEAST_SECONDS) || (left.length > 0 && remaining < run.limit)) {
      left.push(run);
      continue;
    }
    attempts.begin(run.name);
    say(`${run.name}: at most ${Math.round(Math.min(run.limit, remaining))} s`);
    const { python } = options.present;
    const place = { ...options.place, ...(python !== undefined && { python }) };
    const result = await perform(run, place, Math.min(run.limit, remaining), leftovers.add);
    leftovers.clear();
    if (result.status === 'failed' && remaining < run.limit) {
      say(`  stopped: the time of this call is over`);
      left.push(run);
      continue;
    }
    attempts.end(run.name);
    finish(run, result, options);
  }
  return left;
}

function missingFor({ needs }: Run, { has }: Present): string | undefined {
  const reasons = needs.flatMap((need) => has[need] ?? []).filter((found) => 'missing' in found);
  return reasons.length === 0 ? undefined : reasons.map(({ missing }) => missing).join('; ');
}

function finish(
  { name, title, needs }: Run,
  result: Pick<Outcome, 'status' | 'reason' | 'seconds'>,
  { folder, place, present, say }: ListOptions,
): void {
  const found = needs.map((need) => present.has[need]).find((one) => 'version' in one);
  const rehearsal = place.native !== 'cuda' && needs.includes('cuda');
  const date = new Date().toISOString().slice(0, 10);
  writeOutcome(folder, {
    name,
    title,
    date,
    ...(found && 'version' in found && { device: found.version }),
    ...(rehearsal && { rehearsal }),
    ...result,
  });
  const why = result.reason === undefined ? '' : `: ${result.reason.split('\n').at(-1)}`;
  say(`  ${name} is ${result.status}, ${result.seconds} s${why}`);
}
