import { setImmediate } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import type { HostBatch } from '@cantrip/core-tensor-gpu';
import { CantripError } from '@cantrip/errors';
import type { LiveRun } from '../live-run.ts';
import type { TensorShapes } from '../model/tensor-trees.ts';
import { metricValues, totalLoss } from '../objective/objective.ts';
import type { Batch, Logs } from '../plugins/plugin.ts';
import type { ModelContext } from '../plugins/run.ts';
import type { BatchSource } from './batch-source.ts';
import { checkLabels } from './check-labels.ts';
import { checkFirstBatch } from './first-batch.ts';
import { inference } from './inference.ts';
import { loadBatch } from './load-batch.ts';
import { createTotals, type Totals } from './totals.ts';

/** Loss and metrics over all examples, the model in inference mode; see {@link Trainer.evaluate}. */
export async function evaluate(live: LiveRun, source: BatchSource): Promise<Logs> {
  const totals = createTotals();
  const context = inference(live);
  let shapes: TensorShapes | undefined;
  try {
    for await (const given of source.batches({ seed: live.run.seed, epoch: 0, start: 0 })) {
      shapes = evaluateBatch({ live, totals, context }, given, shapes);
      await setImmediate();
    }
    if (!shapes) throw noBatch();
    return await totals.means();
  } finally {
    totals.clear();
  }
}

interface Evaluating {
  readonly live: LiveRun;
  readonly totals: Totals;
  readonly context: ModelContext;
}

function evaluateBatch(
  { live, totals, context }: Evaluating,
  given: HostBatch | Batch,
  known: TensorShapes | undefined,
): TensorShapes {
  const { model, options } = live;
  const { batch, size, dispose } = loadBatch(given);
  try {
    const shapes = known ?? checkFirstBatch(live, batch);
    checkLabels(given.targets, options.objective, shapes);
    tf.tidy(() => {
      const outputs = model.call(batch.inputs, context);
      const loss = totalLoss(options.objective, batch.targets, outputs);
      const means = { loss, ...metricValues(options.objective, batch.targets, outputs) };
      totals.add(means, size);
    });
    return shapes;
  } finally {
    dispose();
  }
}

function noBatch(): CantripError {
  return new CantripError('DATA_EMPTY', {
    who: 'trainer',
    what: 'the data to evaluate on gave no batch',
    fix: 'Give at least one example, or leave out dropLast',
  });
}
