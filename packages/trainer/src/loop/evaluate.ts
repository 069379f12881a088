import { asPromised, type PromiseOptions, type ShortEpoch } from '../batch/data-promise.ts';
import type { LiveRun } from '../run/live-run.ts';
import type { Logs } from '../contract/contexts.ts';
import { spending } from '../batch/spent-batches.ts';
import { batchesFrom, batchesPerEpoch, type BatchSource } from '../batch/batch-source.ts';
import { checkLabels } from '../step/check-labels.ts';
import { prepareBatch } from '../batch/prepare-batch.ts';
import { nextTurn } from './turn.ts';

/** How an evaluation is told of in errors, and what ends it. */
export interface EvaluationOptions {
  readonly what?: string;
  readonly shortEpoch?: ShortEpoch;
  /** Asked after each batch. */
  readonly stopped?: () => boolean;
  /** Ends it after the batch under way: its reason is thrown, because figures of a part would be taken for those of all. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Loss and metrics over all examples, the model in inference mode; see {@link Trainer.evaluate}.
 *
 * @returns undefined where it was stopped before its end
 */
export function evaluate(
  live: LiveRun,
  source: BatchSource,
  options: EvaluationOptions = {},
): Promise<Logs | undefined> {
  return live.lock.lending({ during: 'evaluate' }, () => evaluateAlone(live, source, options));
}

async function evaluateAlone(
  live: LiveRun,
  source: BatchSource,
  { what = 'the data to evaluate on', shortEpoch, stopped, signal }: EvaluationOptions,
): Promise<Logs | undefined> {
  signal?.throwIfAborted();
  const { totals } = live.evaluation;
  live.evaluation.begin();
  const given = spending(batchesFrom(source, { seed: live.run.seed, epoch: 0, start: 0, examples: 0 }));
  const promise: PromiseOptions = {
    who: 'trainer',
    what,
    log: live.options.log,
    ...(shortEpoch && { shortEpoch }),
  };
  try {
    for await (const one of asPromised(given, batchesPerEpoch(source), promise)) {
      const batch = prepareBatch(one);
      await checkLabels(one.targets, live.options.objective, live.batches.check(batch));
      await live.evaluation.run(batch);
      await nextTurn();
      signal?.throwIfAborted();
      if (stopped?.()) return undefined;
    }
    return await totals.means();
  } finally {
    totals.clear();
  }
}
