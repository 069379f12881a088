import * as tf from '@tensorflow/tfjs-core';
import type { LiveRun } from '../live-run.ts';
import { checkAccumulation } from '../objective/check-accumulation.ts';
import { callSchedules } from '../plugins/call-hooks.ts';
import type { AnyPlugin, HostContext } from '../plugins/plugin.ts';
import type { PreparedBatch } from './prepare-batch.ts';
import type { RecordingCost } from './runner.ts';
import type { StepResult } from './train-step.ts';

/** What a step leaves to the host; the loss is the caller's to dispose of. */
export interface Trained {
  readonly learningRate: number;
  readonly loss: tf.Scalar;
  /** Of the step alone, without the schedules before it. */
  readonly milliseconds: number;
  /** Present where it was recorded for it. */
  readonly recording?: RecordingCost;
}

/**
 * One training step: the schedules, and then the step itself, which is counted.
 *
 * @param batches - more than one where gradients are accumulated; the last one updates
 */
export async function trainOn(
  live: LiveRun,
  batches: readonly PreparedBatch[],
  contextOf: (plugin: AnyPlugin) => HostContext,
): Promise<Trained> {
  const { options, position, recipe, run } = live;
  for (const { weights } of batches) checkAccumulation(options.objective, recipe, weights !== undefined);
  const learningRate = callSchedules(options.plugins, 'scheduleLearningRate', recipe.learningRate, contextOf);
  const scalars = callSchedules(options.plugins, 'scheduleScalars', {}, contextOf);
  const common = { seed: run.seed, step: position.step, learningRate, scalars, weighs: batches.length > 1 };
  const before = live.training.recorded;
  const started = performance.now();
  const results: StepResult[] = [];
  try {
    for (const [index, batch] of batches.entries()) {
      const phase = index === batches.length - 1 ? 'update' : 'accumulate';
      results.push(await live.training.run(batch, { ...common, phase, draw: position.batches + index }));
    }
    const milliseconds = performance.now() - started;
    position.step += 1;
    position.batch += batches.length;
    position.batches += batches.length;
    position.examples += batches.reduce((sum, { size }) => sum + size, 0);
    const loss = meanLoss(results);
    return { learningRate, loss, milliseconds, ...recordedSince(before, live.training.recorded) };
  } catch (error) {
    live.optimizer.discard?.();
    for (const { loss, weight } of results) tf.dispose([loss, ...(weight ? [weight] : [])]);
    throw error;
  }
}

/** Of all batches of the step, each weighed by what its loss was divided by. */
function meanLoss(results: readonly StepResult[]): tf.Scalar {
  const [first] = results;
  if (results.length === 1 && first!.weight === undefined) return first!.loss;
  return tf.tidy(() => {
    const sums = results.map(({ loss, weight }) => tf.mul(loss, weight!));
    const mean = tf.divNoNan(tf.addN(sums), tf.addN(results.map(({ weight }) => weight!)));
    for (const { loss, weight } of results) tf.dispose([loss, weight!]);
    return mean as tf.Scalar;
  });
}

function recordedSince(before: RecordingCost, after: RecordingCost): Pick<Trained, 'recording'> {
  const count = after.count - before.count;
  return count > 0 ? { recording: { count, milliseconds: after.milliseconds - before.milliseconds } } : {};
}
