import { CantripError, isCantripError } from '@cantrip/errors';
import * as v from 'valibot';
import type { BatchSource } from '../batch/batch-source.ts';
import type { RunDescription, SavedRun } from '../contract/run-store.ts';
import { readExamples } from '../forms/examples.ts';
import { batchesOfEpoch } from '../length/remaining.ts';
import { lengthOf, type Until } from '../length/run-length.ts';
import type { CheckedOptions } from '../options/trainer-options.ts';
import type { LiveRun, RunLength } from '../run/live-run.ts';
import type { Beginning } from '../run/run-life.ts';
import { checkSavedWeights, checkSnapshot } from '../snapshot/check-snapshot.ts';
import { mismatch } from '../snapshot/mismatch.ts';
import { restoreSnapshot, restoreWeights } from '../snapshot/restore-snapshot.ts';
import type { Snapshot } from '../contract/snapshot.ts';
import { describeFit, describeRun } from '../store/describe-run.ts';
import { type Area, type Differences, differencesOf } from './differences.ts';
import { fromEpochStart, withPluginsOf } from './carried-over.ts';
import type { ResumeOptions } from './resume-options.ts';
import { requireStore } from '../store/store-of.ts';

/** The `fit` that goes on with a saved run. */
export interface Resuming {
  readonly resume: ResumeOptions;
  readonly source: BatchSource;
  readonly until: Until;
}

/**
 * Reads a saved run, and checks what can be checked before the run is open. What `begin` returns is the length that
 * schedules follow, if it is not that of this `fit`.
 *
 * @returns undefined if there is none
 * @throws CantripError STATE_MISMATCH; OPTION_INVALID if no plugin keeps runs; what the store throws
 */
export async function loadRun(
  { plugins, log }: Pick<CheckedOptions, 'plugins' | 'log'>,
  asked: Resuming,
): Promise<Beginning<RunLength | undefined> | undefined> {
  const loaded = await requireStore('fit', plugins).load(asked.resume.from, log);
  if (!loaded) return undefined;
  if (asked.resume.only === 'weights') {
    const weights = checkSavedWeights(loaded.snapshot);
    return { seed: undefined, begin: (live) => Promise.resolve(restoreWeights(live, weights) as undefined) };
  }
  const saved = {
    snapshot: checkSnapshot(loaded.snapshot),
    description: checkDescription(loaded.description),
  };
  return { seed: saved.snapshot.seed, begin: (live) => restoreRun(live, saved, asked) };
}

async function restoreRun(live: LiveRun, saved: SavedRun, asked: Resuming): Promise<RunLength | undefined> {
  const { resume, source, until } = asked;
  requireNew(live, resume);
  // Only then does a source of examples in memory say all of itself.
  await readExamples(source);
  const placed = placedIn(source, saved.snapshot);
  const recipe = live.recipe;
  const length = lengthOf({ position: { ...placed.position }, data: placed.data, recipe }, source, until);
  const now = { ...describeRun(live), ...describeFit(source, length) };
  refuseDifferences(live, differencesOf(saved.description, now), resume);
  // Other data that nobody accepted are refused above, or by fit itself.
  const meant = resume.data === 'continue' ? placed : saved.snapshot;
  restoreSnapshot(live, resume.plugins === 'continue' ? await withPluginsOf(live, meant) : meant);
  return resume.horizon === 'keep' ? saved.description.length : undefined;
}

/** The snapshot, or that of the start of its epoch if the data do not have the rest of it. */
function placedIn(source: BatchSource, snapshot: Snapshot): Snapshot {
  try {
    batchesOfEpoch(source, { ...snapshot.position }, snapshot.data);
    return snapshot;
  } catch (error) {
    if (!isCantripError(error) || error.code !== 'STATE_MISMATCH') throw error;
    return fromEpochStart(snapshot);
  }
}

function requireNew({ position, run }: LiveRun, { from }: ResumeOptions): void {
  if (position.step === 0) return;
  throw new CantripError('STATE_MISMATCH', {
    who: 'fit',
    what: `resume: '${from}' is for a new trainer, but this one has done ${position.step} steps with seed ${run.seed}`,
    fix: 'Create a new trainer, or call fit without resume',
  });
}

function refuseDifferences(live: LiveRun, differences: Differences, resume: ResumeOptions): void {
  const never = anotherKind(differences);
  const open = [...differences].filter(([area]) => area === never || isOpen(area, live, resume));
  if (open.length === 0) return;
  const all = open.flatMap(([, changes]) => changes);
  const told =
    all.slice(0, mostTold).join('; ') + (all.length > mostTold ? `; and ${all.length - mostTold} more` : '');
  const areas = open.map(([area]) => area);
  throw new CantripError('STATE_MISMATCH', {
    who: 'fit',
    what: `the ${resume.from === 'auto' ? 'newest saved run' : `saved run in ${resume.from}`} differs from this one: ${told}`,
    fix: never
      ? `${never === 'model' ? 'Build the same model' : 'Use the same optimizer'}, or take only the saved weights with resume: { from, only: 'weights' }`
      : `Make them equal, or accept it with resume: { from, ${areas.map((area) => `${area}: ${meanings[area]}`).join(', ')} }`,
  });
}

/** What a saved run cannot go on with, whatever the user accepts: another model, or an optimizer with other slots. */
function anotherKind(differences: Differences): 'model' | 'optimizer' | undefined {
  if (differences.has('model')) return 'model';
  const others = differences
    .get('optimizer')
    ?.some((text) => /^optimizer\.(name|batchesPerStep|keeps) /.test(text));
  return others ? 'optimizer' : undefined;
}

const mostTold = 8;

const meanings: Readonly<Record<Area, string>> = {
  model: "'continue'",
  plugins: "'continue'",
  loss: "'continue'",
  optimizer: "'continue'",
  data: "'continue'",
  horizon: "'stretch' or 'keep'",
  library: "'continue'",
};

/** Whether a difference has no meaning yet. */
function isOpen(area: Area, live: LiveRun, resume: ResumeOptions): boolean {
  if (area === 'model') return true;
  if (area === 'horizon' && !live.options.plugins.some(followsLength)) return false;
  return resume[area] === undefined;
}

/** Whether what a plugin does may depend on the length of the run. */
const followsLength = (plugin: LiveRun['options']['plugins'][number]): boolean =>
  Object.keys(plugin).some(
    (key) => key.startsWith('schedule') || key === 'structure' || key === 'transformVariables',
  );

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const descriptionSchema = v.looseObject({
  length: v.optional(v.object({ epochs: count, stepsPerEpoch: count, totalSteps: count })),
});

/** Checks what is computed with. The rest is only compared. */
function checkDescription(given: unknown): RunDescription {
  const { success, output } = v.safeParse(descriptionSchema, given);
  if (success) return output as RunDescription;
  throw mismatch('comes with a description that was changed', 'Pass what the store was given, unchanged');
}
