import * as tf from '@tensorflow/tfjs-core';
import type { Feeds } from '@cantrip/core-tensor-gpu';
import { mapTensors } from '@cantrip/plugin-kit';
import { fedParts, type PreparedBatch } from '../batch/prepare-batch.ts';
import type { Batch, Tensors } from '../contract/batch.ts';
import type { BuiltModel } from '../model/built-model.ts';
import { measureLoss, measureMetrics, tallyMetrics } from '../objective/figures.ts';
import type { Objective } from '../objective/objective.ts';
import { type Filling, fillingOf } from './filled-batch.ts';
import { inference, type InferenceOf } from './inference.ts';
import { stepFeed } from './random/random-tensors.ts';
import { createRunner, type RunnerOptions } from './runner.ts';
import { createTotals, type Totals } from './totals.ts';

/** Sums the figures of batches, with the model in inference mode. */
export interface EvaluationRunner {
  /** Begins another evaluation. */
  begin(): void;
  /** @returns the outputs of the model if they are wanted, which the caller must dispose */
  run(batch: PreparedBatch, wanted?: { readonly keepsExamples: boolean }): Promise<Tensors | undefined>;
  readonly totals: Totals;
  forget(): void;
}

interface Evaluated extends InferenceOf {
  readonly model: BuiltModel;
  readonly objective: Objective;
}

interface Symbols {
  readonly batch: Batch;
  readonly step: tf.Scalar;
  readonly size: tf.Scalar;
}

export function createEvaluationRunner(live: Evaluated, options: RunnerOptions): EvaluationRunner {
  const { objective } = live;
  const totals = createTotals(objective);
  let filling: Filling = { filled: false };
  let keeps = false;
  let evaluations = 0;
  const runner = createRunner(({ batch, step, size }: Symbols) => {
    const outputs = live.model.call(batch.inputs, inference(live, step));
    const measurable = { ...batch, outputs, size, ...filling };
    const { figures } = measureLoss(objective, measurable);
    totals.add(totals.pack({ ...figures, ...measureMetrics(objective, measurable) }));
    // Copies, because a metric may return a tensor that was fed.
    const tallies = tallyMetrics(objective, measurable).map((one) => tf.clone(one));
    return {
      tallies,
      kept: keeps ? [mapTensors<tf.Tensor, tf.Tensor>(outputs, (one) => tf.clone(one)) as Tensors] : [],
    };
  }, options);
  return {
    totals,
    begin: () => void evaluations++,
    async run({ size, ...given }, { keepsExamples } = { keepsExamples: false }) {
      keeps = keepsExamples;
      filling = fillingOf(objective, { ...given, size });
      const step = stepFeed(live.position.step);
      const feeds = { batch: fedParts(given), step, size } as unknown as Feeds<Symbols>;
      const structure = `${filling.filled} ${filling.cutTo ?? ''} ${keeps} ${live.model.identity()}`;
      const { tallies, kept } = await runner.run(feeds, { structure, period: evaluations });
      totals.take(tallies);
      await totals.look();
      return kept[0];
    },
    forget: runner.forget,
  };
}
