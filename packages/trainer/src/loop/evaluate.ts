import type * as tf from '@tensorflow/tfjs-core';
import type { Feeds } from '@cantrip/core-tensor-gpu';
import { asPromised, type PromiseOptions, type ShortEpoch } from '../batch/data-promise.ts';
import type { LiveRun } from '../run/live-run.ts';
import { measureLoss, measureMetrics } from '../objective/figures.ts';
import type { Batch, Logs } from '../contract/plugin.ts';
import { spending } from '../batch/spent-batches.ts';
import { batchesFrom, batchesPerEpoch, type BatchSource } from '../batch/batch-source.ts';
import { checkLabels } from '../step/check-labels.ts';
import { inference } from '../step/inference.ts';
import { type Filling, fillingOf } from '../step/filled-batch.ts';
import { fedParts, type PreparedBatch, prepareBatch } from '../batch/prepare-batch.ts';
import { stepFeed } from '../step/random-tensors.ts';
import { createRunner, type RunnerOptions } from '../step/runner.ts';
import { createTotals, type Totals } from '../step/totals.ts';
import { nextTurn } from './turn.ts';

/** Adds up the figures of one batch after the other, the model in inference mode. */
export interface EvaluationRunner {
  /** Says that another evaluation begins. */
  begin(): void;
  run(batch: PreparedBatch): Promise<void>;
  readonly totals: Totals;
  forget(): void;
}

type Evaluated = Pick<LiveRun, 'model' | 'options' | 'run' | 'position'>;

interface Symbols {
  readonly batch: Batch;
  readonly step: tf.Scalar;
  readonly size: tf.Scalar;
}

export function createEvaluationRunner(live: Evaluated, options: RunnerOptions): EvaluationRunner {
  const { objective } = live.options;
  const totals = createTotals(objective);
  let filling: Filling = { filled: false };
  let evaluations = 0;
  const runner = createRunner(({ batch, step, size }: Symbols) => {
    const outputs = live.model.call(batch.inputs, inference(live, step));
    const measurable = { ...batch, outputs, size, ...filling };
    const { figures } = measureLoss(objective, measurable);
    totals.add(totals.pack({ ...figures, ...measureMetrics(objective, measurable) }));
    return {};
  }, options);
  return {
    totals,
    begin: () => void evaluations++,
    async run({ size, ...given }) {
      filling = fillingOf(objective, { ...given, size });
      const step = stepFeed(live.position.step);
      const feeds = { batch: fedParts(given), step, size } as unknown as Feeds<Symbols>;
      await runner.run(
        feeds,
        `${filling.filled} ${filling.cutTo ?? ''} ${live.model.identity()}`,
        evaluations,
      );
    },
    forget: runner.forget,
  };
}

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
