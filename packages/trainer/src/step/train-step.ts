import * as tf from '@tensorflow/tfjs-core';
import { withHostRandom } from '@cantrip/ops';
import { CantripError } from '@cantrip/errors';
import type { NamedTensors, NamedVariables, RunningOptimizer } from '@cantrip/optimizers';
import type { BuiltModel } from '../model/built-model.ts';
import { type Figures, measureLoss, measureRest } from '../objective/figures.ts';
import { measureMixed, tallyMixed } from './measure-mixed.ts';
import { countedExamples } from '../objective/counted-examples.ts';
import { asScalar } from '../objective/measured.ts';
import type { Objective } from '../objective/objective.ts';
import { callTransforms, callWraps } from '../hooks/call-hooks.ts';
import type { AnyPlugin } from '../contract/plugin.ts';
import type { GradientContext } from '../contract/contexts.ts';
import type { Batch } from '../contract/batch.ts';
import type { OwnParts, StepContext } from '../contract/step-context.ts';
import { currentPlace } from '../hooks/current-hook.ts';
import { refuseReads } from '../hooks/refuse-reads.ts';
import type { Filling } from './filled-batch.ts';
import { createPasses, type Draws, type Forward } from './passes.ts';
import { modelRandom } from './random/random-tensors.ts';
import { scalarsOf, type StepContexts, stepContexts } from './step-contexts.ts';
import type { Totals } from './totals.ts';

/** The parts of the step that stay the same for a whole run. */
export interface StepParts {
  readonly model: BuiltModel;
  optimizer(): RunningOptimizer;
  readonly objective: Objective;
  readonly plugins: readonly AnyPlugin[];
  /** Returns a plugin's own values in this run. */
  own(plugin: AnyPlugin): OwnParts;
  /** The step adds its figures to these totals of the epoch. */
  readonly totals: Totals;
}

/**
 * The inputs of the step beside the batch. Tensors are fed again at each step; everything else is a constant of a
 * recording.
 */
export interface StepInputs extends Draws {
  /** What is trained. */
  readonly variables: NamedVariables;
  readonly scalars: Readonly<Record<string, tf.Scalar>>;
  /** The number of examples in the batch. */
  readonly size: tf.Scalar;
  /** Whether padding rows follow the examples. */
  readonly filling: Filling;
  readonly phase: 'accumulate' | 'update';
}

/** The results of the step. The caller must dispose all tensors. */
export interface StepResult {
  readonly loss: tf.Scalar;
  /** The number that the loss was divided by. */
  readonly weight: tf.Scalar;
  /** What the metrics that are totalled on the host add. */
  readonly tallies: readonly tf.Tensor[];
}

/** `tf.tidy` keeps the tensors of such a value. */
type KeptResult = StepResult & tf.TensorContainerObject;

/** Runs one training step: a tensor program from a batch to updated variables. It reads no tensor's value. */
export function trainStep(parts: StepParts, given: Batch, inputs: StepInputs): StepResult {
  return withHostRandom(inputs.host, () =>
    refuseReads(modelReadRefused, () => tf.tidy(() => runStep(parts, given, inputs))),
  );
}

function runStep(parts: StepParts, given: Batch, inputs: StepInputs): KeptResult {
  const kept: tf.Tensor[] = [];
  try {
    return runKeeping(kept, parts, given, inputs);
  } finally {
    // Also if a hook threw.
    tf.dispose(kept);
  }
}

function runKeeping(kept: tf.Tensor[], parts: StepParts, given: Batch, inputs: StepInputs): KeptResult {
  const { model, optimizer, plugins, totals, own } = parts;
  const { scalars, streams, variables, size } = inputs;
  const contexts = stepContexts({ scalars, random: streams.random, size, own });
  const batch = callTransforms(plugins, 'transformBatch', given, contexts.of);
  const passes = createPasses({
    model,
    variables,
    kept,
    draws: inputs,
    forward: (random) => forward(parts, batch, { ...inputs, random, contexts: contexts.drawing(random) }),
  });
  const around = (plugin: AnyPlugin): GradientContext => ({ ...contexts.of(plugin), variables });
  const passed = callWraps(plugins, passes.next, around);
  const { loss, weight, figures, tallies } = passes.first()!;
  const gradients = callTransforms(plugins, 'transformGradients', passed, around);
  optimizer().apply({
    variables: pickNames(variables, gradients),
    gradients,
    learningRate: scalars['learningRate']!,
    scalars,
    phase: inputs.phase,
    weight,
  });
  model.endStep();
  totals.add(figures);
  const result = {
    loss: tf.clone(loss),
    weight: tf.clone(weight),
    tallies: tallies.map((one) => tf.clone(one)),
  };
  return result satisfies StepResult as KeptResult;
}

interface ForwardInputs
  extends Pick<StepInputs, 'size' | 'filling' | 'scalars'>, Pick<StepContext, 'random'> {
  readonly contexts: StepContexts;
}

function forward(
  { model, objective, plugins, totals }: StepParts,
  batch: Batch,
  { size, filling, scalars, random, contexts }: ForwardInputs,
): Forward {
  const called = model.call(batch.inputs, {
    training: true,
    random: modelRandom(random),
    step: { random, ...scalarsOf(scalars) },
  });
  const outputs = callTransforms(plugins, 'transformOutputs', called, contexts.of);
  const targets = callTransforms(plugins, 'transformTargets', batch.targets, (plugin) => ({
    ...contexts.of(plugin),
    outputs,
  }));
  const penalties = model.penalties();
  const measurable = { ...batch, outputs, size, ...filling };
  const plain = measureLoss(objective, { ...measurable, targets, original: batch.targets });
  const penalised = penalties.length > 0 ? (tf.addN([plain.loss, ...penalties]) as tf.Scalar) : plain.loss;
  const isChanged = penalties.length > 0 || plugins.some(({ transformLoss }) => transformLoss);
  const counted = isChanged ? countedExamples(objective, measurable) : undefined;
  const loss = callTransforms(plugins, 'transformLoss', penalised, (plugin) => ({
    ...contexts.of(plugin),
    outputs,
    targets,
    weights: counted,
  }));
  const figures: Figures = {
    ...plain.figures,
    ...(loss === plain.loss ? {} : measureRest(loss, plain.loss, { counted, size })),
    // Metrics use the targets that transformBatch gave, before transformTargets changed them for the loss.
    ...measureMixed(objective, measurable, batch.mixture),
  };
  // A copy, because the weight may be a tensor that was fed.
  const tallies = tallyMixed(objective, measurable, batch.mixture);
  return { loss, weight: tf.clone(asScalar(plain.weight)), figures: totals.pack(figures), tallies };
}

function pickNames(variables: NamedVariables, gradients: NamedTensors): NamedVariables {
  return Object.fromEntries(
    Object.keys(gradients).flatMap((name) => (variables[name] ? [[name, variables[name]]] : [])),
  );
}

function modelReadRefused(): CantripError {
  return new CantripError('HOOK_READ_VALUE', {
    who: 'trainer',
    what: `${currentPlace()?.within ?? 'the model or the loss'} must not read the value of a tensor, because the step is recorded once and replayed`,
    fix: 'Compute with tensors instead of numbers',
  });
}
