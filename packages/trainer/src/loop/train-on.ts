import * as tf from '@tensorflow/tfjs-core';
import type { LiveRun } from '../run/live-run.ts';
import { CantripError } from '@cantrip/errors';
import type { NamedVariables } from '@cantrip/optimizers';
import { checkAccumulation } from '../objective/check-accumulation.ts';
import { callSchedules, callStructures, type OnAnswer } from '../hooks/call-hooks.ts';
import { callScheduleScalars, type ContextOf } from '../hooks/call-schedule-scalars.ts';
import { halfDoneMessage } from '../step/half-done.ts';
import { type StatesBefore, statesBefore } from '../step/states-before.ts';
import type { PreparedBatch } from '../batch/prepare-batch.ts';
import type { RecordingCost, ScheduledNumbers, StepEnd } from '../contract/contexts.ts';
import type { AnyPlugin } from '../contract/plugin.ts';
import type { StepResult } from '../step/train-step.ts';

type PassedOn = Pick<StepEnd, 'given' | 'answered'>;
type Scalars = ScheduledNumbers['scalars'];

/** The results of a step. The caller must dispose loss and weight, and pass on the tallies. */
export interface Trained {
  readonly learningRate: number;
  /** Of the first batch. */
  readonly scalars: Scalars;
  /** What the schedule hooks of a plugin were given, and answered. */
  passedOn(plugin: AnyPlugin): PassedOn;
  readonly loss: tf.Scalar;
  /** The number that the loss was divided by, over all batches of the step. */
  readonly weight: tf.Scalar;
  /** What the metrics that are totalled on the host add, for each batch. */
  readonly tallies: readonly tf.Tensor[];
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
  const { learningRate, scalars, passedOn } = schedules(live, batches.length, contextOf);
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
    return {
      learningRate,
      scalars: scalars[0]!,
      passedOn,
      ...result,
      milliseconds,
      ...recordedSince(before, live.training.recorded),
    };
  } catch (error) {
    undoStep(live, states, error);
    tf.dispose(results.flatMap(tensorsOf));
    throw error;
  } finally {
    states.drop();
  }
}

interface Scheduled {
  readonly learningRate: number;
  /** Of each batch. */
  readonly scalars: readonly Scalars[];
  passedOn(plugin: AnyPlugin): PassedOn;
}

/** Asks the schedules before a step, and keeps what each plugin was given and answered. */
function schedules({ options, recipe }: LiveRun, batches: number, contextOf: ContextOf): Scheduled {
  const { plugins } = options;
  const rates = answers<number>();
  const ofStep = answers<Scalars>();
  return {
    learningRate: callSchedules(plugins, 'scheduleLearningRate', recipe.learningRate, contextOf, rates.add),
    scalars: callScheduleScalars(plugins, batches, contextOf, ofStep.add),
    passedOn: (plugin) => ({
      given: { learningRate: rates.of(plugin)[0], scalars: ofStep.of(plugin)[0] },
      answered: { learningRate: rates.of(plugin)[1], scalars: ofStep.of(plugin)[1] },
    }),
  };
}

function answers<T>(): { readonly add: OnAnswer<T>; of(plugin: AnyPlugin): readonly [T, T] } {
  const all = new Map<AnyPlugin, readonly [T, T]>();
  return {
    add: (plugin, given, answer) => void all.set(plugin, [given, answer]),
    of: (plugin) => all.get(plugin)!,
  };
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
  const mean = tf.tidy(() => {
    const weight = tf.addN(results.map(({ weight }) => weight)) as tf.Scalar;
    const sums = results.map(({ loss, weight }) => tf.mul(loss, weight));
    const loss = tf.divNoNan(tf.addN(sums), weight) as tf.Scalar;
    tf.dispose(results.flatMap(({ loss, weight }) => [loss, weight]));
    return { loss, weight };
  });
  return { ...mean, tallies: results.flatMap(({ tallies }) => tallies) };
}

const tensorsOf = ({ loss, weight, tallies }: StepResult): readonly tf.Tensor[] => [loss, weight, ...tallies];

function recordedSince(before: RecordingCost, after: RecordingCost): Pick<Trained, 'recording'> {
  const count = after.count - before.count;
  return count > 0 ? { recording: { count, milliseconds: after.milliseconds - before.milliseconds } } : {};
}

function requireTrainable(variables: NamedVariables): void {
  const whole = Object.entries(variables).find(([, { dtype }]) => dtype !== 'float32');
  if (whole) throw notFloat(...whole);
  if (Object.keys(variables).length > 0) return;
  throw new CantripError('MODEL_INVALID', {
    who: 'trainer',
    what: 'nothing is left to train: every variable is frozen',
    fix: 'Leave at least one layer trainable',
  });
}

/** TensorFlow ends the process where a captured step asks for such a gradient. */
const notFloat = (name: string, { dtype }: tf.Variable): CantripError =>
  new CantripError('MODEL_INVALID', {
    who: 'trainer',
    what: `a variable that is trained must be float32, got the trainable variable ${name} of ${dtype}`,
    fix: 'Set trainable to false, e.g. tf.variable(value, false)',
  });
