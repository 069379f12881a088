import { setImmediate } from 'node:timers/promises';
import type * as tf from '@tensorflow/tfjs-core';
import type { Feeds } from '@cantrip/core-tensor-gpu';
import { CantripError } from '@cantrip/errors';
import type { LiveRun } from '../live-run.ts';
import { measureLoss, measureMetrics } from '../objective/figures.ts';
import type { Batch, Logs } from '../plugins/plugin.ts';
import { spending } from '../spent-batches.ts';
import type { BatchSource } from './batch-source.ts';
import { checkLabels } from './check-labels.ts';
import { inference } from './inference.ts';
import { needsFillingLeftOut } from './filled-batch.ts';
import { fedParts, type PreparedBatch, prepareBatch } from './prepare-batch.ts';
import { stepFeed } from './random-tensors.ts';
import { createRunner, type RunnerOptions } from './runner.ts';
import { createTotals, type Totals } from './totals.ts';

/** Adds up the figures of one batch after the other, the model in inference mode. */
export interface EvaluationRunner {
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
  let filled = false;
  const runner = createRunner(({ batch, step, size }: Symbols) => {
    const outputs = live.model.call(batch.inputs, inference(live, step));
    const measurable = { ...batch, outputs, size, filled };
    const { figures } = measureLoss(objective, measurable);
    totals.add(totals.pack({ ...figures, ...measureMetrics(objective, measurable) }));
    return {};
  }, options);
  return {
    totals,
    async run({ size, ...given }) {
      filled = needsFillingLeftOut(objective, { ...given, size });
      const step = stepFeed(live.position.step);
      const feeds = { batch: fedParts(given), step, size } as unknown as Feeds<Symbols>;
      await runner.run(feeds, `${filled} ${live.model.identity()}`);
    },
    forget: runner.forget,
  };
}

/** Loss and metrics over all examples, the model in inference mode; see {@link Trainer.evaluate}. */
export function evaluate(live: LiveRun, source: BatchSource): Promise<Logs> {
  return live.lock.lending({ during: 'evaluate' }, () => evaluateAlone(live, source));
}

async function evaluateAlone(live: LiveRun, source: BatchSource): Promise<Logs> {
  const { totals } = live.evaluation;
  let empty = true;
  try {
    for await (const given of spending(source.batches({ seed: live.run.seed, epoch: 0, start: 0 }))) {
      const batch = prepareBatch(given);
      await checkLabels(given.targets, live.options.objective, live.batches.check(batch));
      empty = false;
      await live.evaluation.run(batch);
      await setImmediate();
    }
    if (empty) throw noBatch();
    return await totals.means();
  } finally {
    totals.clear();
  }
}

function noBatch(): CantripError {
  return new CantripError('DATA_EMPTY', {
    who: 'trainer',
    what: 'the data to evaluate on gave no batch',
    fix: 'Give at least one example, or leave out dropLast',
  });
}
