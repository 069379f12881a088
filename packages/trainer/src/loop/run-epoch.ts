import type { HostBatch } from '@cantrip/ops';
import type { LiveRun } from '../run/live-run.ts';
import type { BatchSource } from '../batch/batch-source.ts';
import type { ReadBatches } from '../batch/lent-batches.ts';
import { checkLabels } from '../step/check-labels.ts';
import type { LossWatch } from './loss-watch.ts';
import { oneAhead } from './one-ahead.ts';
import { fingerprintOf } from '../batch/first-values.ts';
import { type PreparedBatch, prepareBatch } from '../batch/prepare-batch.ts';
import { type Trained, trainOn } from './train-on.ts';
import type { Batch } from '../contract/batch.ts';
import { callObservers } from '../hooks/call-hooks.ts';
import type { ContextOf } from '../hooks/call-schedule-scalars.ts';
import { changeAndTell } from '../run/telling.ts';
import { disposeSpent } from '../batch/spent-batches.ts';
import { inSteps } from './in-steps.ts';
import { asPromised, type ShortEpoch, withSizes } from '../batch/data-promise.ts';
import { type Tell, untilNext } from './train-events.ts';
import { sameBatches } from './same-batches.ts';
import { nextTurn } from './turn.ts';

/** What {@link runEpoch} needs from `fit`. */
export interface EpochParts {
  readonly live: LiveRun;
  readonly source: BatchSource;
  /** Reads the source. */
  readonly read: ReadBatches;
  /** The number of batches in this epoch, including completed ones. */
  readonly batches: number;
  readonly shortEpoch: ShortEpoch;
  /** The number of steps of the run after which it ends, also in the middle of an epoch. */
  readonly steps: number;
  readonly watch: LossWatch;
  readonly contextOf: ContextOf;
  readonly tell?: Tell | undefined;
  /** Whether a validation within the epoch follows the last step. */
  readonly isValidationDue: () => boolean;
  /** Does the validation that is due within the epoch, and settles the step. */
  readonly settleStep: () => Promise<void>;
}

/**
 * Trains on the remaining batches of an epoch.
 *
 * @returns whether the epoch was completed
 */
export async function runEpoch(parts: EpochParts): Promise<boolean> {
  const { live, batches } = parts;
  const steps = inSteps(readAhead(parts), live.recipe.batchesPerStep ?? 1, disposeSpent);
  for await (const given of steps) {
    await runStep(parts, given);
    // Without this wait, signals and timers would not run until the epoch ends.
    await nextTurn();
    const { step, batch } = live.position;
    if (live.stopReason !== undefined || step >= parts.steps) return batch >= batches;
  }
  return true;
}

/** Prepares a batch while the last step runs. */
function readAhead({
  live,
  source,
  read,
  batches,
  shortEpoch,
}: EpochParts): AsyncGenerator<HostBatch | Batch> {
  const { seed } = live.run;
  const { epoch, batch, examples } = live.position;
  const { sizes, firstBatch } = live.data ?? {};
  const request = { seed, epoch, start: batch, examples };
  const left =
    batch > 0 && sizes && !source.batchesAfter && live.begunWith !== source
      ? sameBatches(read, request, { sizes, firstBatch })
      : read(request);
  live.begunWith = source;
  const promised = asPromised(left, batches, {
    who: 'trainer',
    what: 'the training data',
    before: batch,
    shortEpoch,
    log: live.options.log,
  });
  return oneAhead(promised, disposeSpent);
}

async function runStep(
  { live, source, watch, contextOf, tell, isValidationDue, settleStep }: EpochParts,
  given: readonly (HostBatch | Batch)[],
): Promise<void> {
  const { options, position } = live;
  const batches: PreparedBatch[] = [];
  // All batches are checked before any of them changes anything.
  for (const one of given) {
    const batch = prepareBatch(one);
    await checkLabels(one.targets, options.objective, live.batches.check(batch));
    batches.push(batch);
  }
  // Before the step, which frees the batch.
  const isCompared = position.batch === 0 && !source.batchesAfter;
  const firstBatch = isCompared ? await fingerprintOf(batches[0]!) : live.data?.firstBatch;
  const step = async (): Promise<Trained> => {
    const trained = await trainOn(live, batches, contextOf);
    const { learningRate, loss, weight } = trained;
    const before = position.batch === batches.length ? [] : live.data?.sizes;
    const done = batches.map(({ size }) => size);
    if (live.data)
      live.data = { ...live.data, sizes: withSizes(before, done), ...(firstBatch && { firstBatch }) };
    live.validationDue = isValidationDue() || undefined;
    live.reporter.stepped(learningRate);
    watch.add({ step: position.step - 1, learningRate, loss, weight });
    live.totals.take(trained.tallies);
    return trained;
  };
  await callObservers(live, 'onStepBegin', contextOf);
  const { loss, weight, learningRate, milliseconds } = await changeAndTell(
    live,
    'onStepEnd',
    step,
    (plugin, { loss, weight, passedOn, tallies: _, ...trained }) => ({
      ...contextOf(plugin),
      ...trained,
      ...passedOn(plugin),
      signature: batches[0]!.signature,
      examples: batches.reduce((sum, { size }) => sum + size, 0),
      loss: async () => (await loss.data())[0]!,
      weight: async () => (await weight.data())[0]!,
      figures: live.totals.meansSoFar,
    }),
  );
  // After the hooks are called: if the source fails here, the hooks still know about the completed step.
  if (live.training.captures) for (const one of given) if ('release' in one) one.release?.();
  if (tell) {
    const read = (scalar: Trained['loss']) => async (): Promise<number> => (await scalar.data())[0]!;
    const { epoch, step: done } = position;
    const figures = { learningRate, milliseconds, loss: read(loss), weight: read(weight) };
    let over = false;
    await tell(untilNext({ kind: 'step', epoch, step: done, ...figures }, () => over));
    over = true;
  }
  await watch.look();
  await live.totals.look();
  await settleStep();
}
