import * as tf from '@tensorflow/tfjs-core';
import { batchesPerEpoch } from '@cantrip/plugin-kit';
import { asPromised, type PromiseOptions, type ShortEpoch } from '../batch/data-promise.ts';
import type { LiveRun } from '../run/live-run.ts';
import type { Logs } from '../contract/contexts.ts';
import { examplesOf } from '../step/examples-of.ts';
import { spending } from '../batch/spent-batches.ts';
import { batchesFrom, type BatchSource } from '../batch/batch-source.ts';
import { checkLabels } from '../step/check-labels.ts';
import { prepareBatch } from '../batch/prepare-batch.ts';
import type { TellBatch } from './during-evaluation.ts';
import { nextTurn } from './turn.ts';

/** Who is told of an evaluation, how messages call it, and what ends it early. */
export interface EvaluationOptions {
  readonly tellBatch: TellBatch;
  /** What the figures are called by whoever asked for them. */
  readonly prefix?: string;
  readonly what?: string;
  readonly shortEpoch?: ShortEpoch;
  /** Called after each batch. */
  readonly stopped?: () => boolean;
  /**
   * Ends the evaluation after the current batch and throws the signal's reason. Figures of a part would look like
   * figures of all examples.
   */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Computes loss and metrics over all examples, in inference mode; see {@link Trainer.evaluate}.
 *
 * @returns undefined if it was stopped before the end
 */
export function evaluate(
  live: LiveRun,
  source: BatchSource,
  options: EvaluationOptions,
): Promise<Logs | undefined> {
  return live.lock.lending({ during: 'evaluate' }, () => evaluateAlone(live, source, options));
}

async function evaluateAlone(
  live: LiveRun,
  source: BatchSource,
  {
    tellBatch,
    prefix = '',
    what = 'the data to evaluate on',
    shortEpoch,
    stopped,
    signal,
  }: EvaluationOptions,
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
  const batches = batchesPerEpoch(source);
  let done = 0;
  try {
    for await (const one of asPromised(given, batches, promise)) {
      const batch = prepareBatch(one);
      await checkLabels(one.targets, live.options.objective, live.batches.check(batch));
      const outputs = await live.evaluation.run(batch, tellBatch);
      try {
        const examples = outputs && examplesOf(live.options.objective, batch, outputs);
        await tellBatch({ prefix, batch: ++done, batches, examples });
      } finally {
        tf.dispose(outputs as tf.TensorContainer);
      }
      await nextTurn();
      signal?.throwIfAborted();
      if (stopped?.()) return undefined;
    }
    return await totals.means();
  } finally {
    totals.clear();
  }
}
