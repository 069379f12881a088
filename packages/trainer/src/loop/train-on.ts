import * as tf from '@tensorflow/tfjs-core';
import type { LiveRun } from '../run/live-run.ts';
import { CantripError } from '@cantrip/errors';
import type { NamedVariables } from '@cantrip/optimizers';
import { checkAccumulation } from '../objective/check-accumulation.ts';
import { callSchedules, callStructures } from '../hooks/call-hooks.ts';
import { callScheduleScalars, type ContextOf } from '../hooks/call-schedule-scalars.ts';
import { halfDoneMessage } from '../step/half-done.ts';
import { type StatesBefore, statesBefore } from '../step/states-before.ts';
import type { PreparedBatch } from '../batch/prepare-batch.ts';
import type { RecordingCost } from '../contract/contexts.ts';
import type { StepResult } from '../step/train-step.ts';

/** The results of a step. The caller must dispose loss and weight. */
export interface Trained {
  readonly learningRate: number;
  readonly loss: tf.Scalar;
  /** The number that the loss was divided by, over all batches of the step. */
  readonly weight: tf.Scalar;
  /** The time of the step, without the schedules before it. */
  readonly milliseconds: number;
  /** Present if the step was recorded. */
  readonly recording?: RecordingCost;
}

/**
 * Runs one training step: the schedules, then the step, which is then counted.
 *
 * A step that fails is undone as a whole, including its earlier batches. If that is impossible because TensorFlow
 * replayed a part of it, the run is marked as half done.
 *
 * @param batches - several if gradients are accumulated; the last one updates the variables
 */
export async function trainOn(
  live: LiveRun,
  batches: readonly PreparedBatch[],
  contextOf: ContextOf,
): Promise<Trained> {
  const { options, position, recipe, run } = live;
  for (const { weights } of batches) checkAccumulation(options.objective, recipe, weights !== undefined);
  const learningRate = callSchedules(options.plugins, 'scheduleLearningRate', recipe.learningRate, contextOf);
  const scalars = callScheduleScalars(options.plugins, batches.length, contextOf);
  const structured = callStructures(options.plugins, live.model.trainable(), contextOf);
  requireTrainable(structured.variables);
  const { step, epoch } = position;
  const common = { seed: run.seed, step, epoch, learningRate, ...structured };
  const before = live.training.recorded;
  const started = performance.now();
  const results: StepResult[] = [];
  const states = statesBefore(live.model);
  try {
    for (const [index, batch] of batches.entries()) {
      const phase = index === batches.length - 1 ? 'update' : 'accumulate';
      const ofBatch = { phase, draw: position.batches + index, scalars: scalars[index]! } as const;
      results.push(await live.training.run(batch, { ...common, ...ofBatch }));
    }
    const milliseconds = performance.now() - started;
    const result = together(results);
    live.changes.accept();
    position.step += 1;
    position.batch += batches.length;
    position.batches += batches.length;
    position.examples += batches.reduce((sum, { size }) => sum + size, 0);
    return { learningRate, ...result, milliseconds, ...recordedSince(before, live.training.recorded) };
  } catch (error) {
    undoStep(live, states, error);
    tf.dispose(results.flatMap(({ loss, weight }) => [loss, weight]));
    throw error;
  } finally {
    states.drop();
  }
}

function undoStep(live: LiveRun, states: StatesBefore, cause: unknown): void {
  const { changes, options, position } = live;
  try {
    live.device.use();
    states.takeBack();
    if (changes.takeBack()) return;
  } catch (error) {
    // The first error is thrown. Undoing the step failed here too, which is only logged.
    changes.accept();
    options.log(`[trainer] the failed step could not be undone: ${String(error)}`);
  }
  live.halfDone = { step: position.step, cause };
  options.log(halfDoneMessage(live.halfDone));
}

/** Combines the batches of a step. Each loss is weighted by the number that it was divided by. */
function together(results: readonly StepResult[]): StepResult {
  const [first] = results;
  if (results.length === 1) return first!;
  return tf.tidy(() => {
    const weight = tf.addN(results.map(({ weight }) => weight)) as tf.Scalar;
    const sums = results.map(({ loss, weight }) => tf.mul(loss, weight));
    const loss = tf.divNoNan(tf.addN(sums), weight) as tf.Scalar;
    tf.dispose(results.flatMap(({ loss, weight }) => [loss, weight]));
    return { loss, weight } satisfies StepResult as StepResult & tf.NamedTensorMap;
  });
}

function recordedSince(before: RecordingCost, after: RecordingCost): Pick<Trained, 'recording'> {
  const count = after.count - before.count;
  return count > 0 ? { recording: { count, milliseconds: after.milliseconds - before.milliseconds } } : {};
}

function requireTrainable(variables: NamedVariables): void {
  if (Object.keys(variables).length > 0) return;
  throw new CantripError('MODEL_INVALID', {
    who: 'trainer',
    what: 'nothing is left to train: every variable is frozen',
    fix: 'Leave at least one layer trainable',
  });
}
