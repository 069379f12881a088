import type * as tf from '@tensorflow/tfjs-core';
import type { LiveRun } from '../live-run.ts';
import { checkAccumulation } from '../objective/check-accumulation.ts';
import { callSchedules } from '../plugins/call-hooks.ts';
import type { AnyPlugin, HostContext } from '../plugins/plugin.ts';
import type { PreparedBatch } from './prepare-batch.ts';
import type { RecordingCost } from './runner.ts';

/** What a step leaves to the host; the loss is the caller's to dispose of. */
export interface Trained {
  readonly learningRate: number;
  readonly loss: tf.Scalar;
  /** Of the step alone, without the schedules before it. */
  readonly milliseconds: number;
  /** Present where it was recorded for it. */
  readonly recording?: RecordingCost;
}

/** One training step: the schedules, and then the step itself, which is counted. */
export async function trainOn(
  live: LiveRun,
  batch: PreparedBatch,
  contextOf: (plugin: AnyPlugin) => HostContext,
): Promise<Trained> {
  const { options, position, recipe, run } = live;
  checkAccumulation(options.objective, recipe, batch.weights !== undefined);
  const learningRate = callSchedules(options.plugins, 'scheduleLearningRate', recipe.learningRate, contextOf);
  const scalars = callSchedules(options.plugins, 'scheduleScalars', {}, contextOf);
  const phase = recipe.phase?.(position.step) ?? 'update';
  const feed = { seed: run.seed, step: position.step, phase, learningRate, scalars };
  const before = live.training.recorded;
  const started = performance.now();
  const { loss } = await live.training.run(batch, feed);
  const milliseconds = performance.now() - started;
  position.step += 1;
  return { learningRate, loss, milliseconds, ...recordedSince(before, live.training.recorded) };
}

function recordedSince(before: RecordingCost, after: RecordingCost): Pick<Trained, 'recording'> {
  const count = after.count - before.count;
  return count > 0 ? { recording: { count, milliseconds: after.milliseconds - before.milliseconds } } : {};
}
