import * as tf from '@tensorflow/tfjs-core';
import { type Device, randomStream, withHostRandom } from '@cantrip/ops';
import { CantripError } from '@cantrip/errors';
import type { Run } from '../contract/run.ts';
import type { BuiltModel } from '../model/built-model.ts';
import type { Objective } from '../objective/objective.ts';
import { type Described, dtypeOf, isTensor, SINGLE, type TensorShapes } from '../contract/tensor-trees.ts';
import { sameSizes } from '../objective/class-targets.ts';
import { checkTargets } from '../objective/check-targets.ts';
import type { Tensors } from '../contract/batch.ts';
import { inference, type InferenceOf } from './inference.ts';
import { entriesOfTensors } from '@cantrip/plugin-kit';
import type { BatchPart, OnePart, PreparedBatch } from '../batch/prepare-batch.ts';
import { uploadTree } from '../batch/upload-tree.ts';

/** Checks batches. Each form (sizes without the batch axis, and dtypes) is checked once. */
export interface BatchCheck {
  /**
   * Checks that a batch matches the model, and that the targets match its outputs, before a step changes anything.
   *
   * @returns the shapes of the outputs
   * @throws CantripError SHAPE_MISMATCH or DTYPE_MISMATCH
   */
  check(batch: PreparedBatch): TensorShapes;
  /** Forgets all checked forms, because the model may have changed. */
  forget(): void;
}

interface Checked extends InferenceOf {
  readonly device: Pick<Device, 'use'>;
  readonly model: BuiltModel;
  readonly run: Run;
  readonly options: { readonly objective: Objective; log(message: string): void };
}

export function createBatchCheck(live: Checked): BatchCheck {
  const known = new Map<string, TensorShapes>();
  return {
    check(batch) {
      const form = `${formOf(batch.inputs)}|${formOf(batch.targets)}`;
      const shapes = known.get(form) ?? checkBatch(live, batch);
      known.set(form, shapes);
      return shapes;
    },
    forget: () => known.clear(),
  };
}

function formOf(given: BatchPart): string {
  const parts = entriesOfTensors<OnePart>(given).map(
    ([name, one]) => `${name}[${one.shape.slice(1)}]${dtypeOf(one)}`,
  );
  return parts.join();
}

/** Host tensors stay on the host. Only a function model must be called with its inputs to know its outputs. */
function checkBatch(live: Checked, { inputs, targets }: PreparedBatch): TensorShapes {
  const { model, options } = live;
  if (model.inputShapes) checkInputs(entriesOfTensors<OnePart>(inputs), model.inputShapes);
  const shapes = model.outputShapes ?? outputShapesByCall(live, inputs);
  checkTargets(options.objective, entriesOfTensors<OnePart>(targets), shapes, model.endings);
  sayBytes(live, entriesOfTensors<OnePart>(inputs));
  return shapes;
}

const toldOfBytes = new WeakSet<object>();

/** Logs that inputs are bytes. Pixels from 0 to 255 train badly, without any error. */
function sayBytes({ run, options }: Checked, inputs: readonly (readonly [string, Described])[]): void {
  const bytes = inputs.find(([, one]) => dtypeOf(one) === 'uint8' && one.shape.length > 2);
  if (!bytes || toldOfBytes.has(run)) return;
  toldOfBytes.add(run);
  options.log(
    `[trainer] ${bytes[0] ? `the input ${bytes[0]}` : 'inputs'} are bytes, so the model receives numbers from 0 to 255. ` +
      'Add a normalization, for example standardization(images) of @cantrip/data.',
  );
}

/** The outputs of a function model are known only after a call. */
function outputShapesByCall(live: Checked, given: BatchPart): TensorShapes {
  const stream = randomStream({ seed: live.run.seed, stream: 'first-batch' });
  const uploaded: tf.Tensor[] = [];
  live.device.use();
  try {
    const inputs = uploadTree(given, uploaded) as Tensors;
    const before = new Set(trainableVariables());
    const shapes = withHostRandom(stream, () => callForShapes(live, inputs));
    requireNoneNew(before);
    return shapes;
  } finally {
    tf.dispose(uploaded);
  }
}

const trainableVariables = (): readonly tf.Variable[] =>
  Object.values(tf.engine().registeredVariables).filter(({ trainable }) => trainable);

/** The variables of a function model are those that exist when it is built. */
function requireNoneNew(before: ReadonlySet<tf.Variable>): void {
  const made = trainableVariables().find((variable) => !before.has(variable));
  if (!made) return;
  throw new CantripError('MODEL_INVALID', {
    who: 'trainer',
    what: `the model function creates a variable of shape [${made.shape.join(', ')}] when it is called, so it would be neither trained nor saved`,
    fix: 'Create it before the function is returned: model: () => { const w = tf.variable(…); return (inputs) => … }',
  });
}

function callForShapes(live: Checked, inputs: Tensors): TensorShapes {
  const shapes: Record<string, readonly number[]> = {};
  tf.tidy(() => {
    for (const [name, output] of entriesOfTensors<tf.Tensor>(
      requireTensors(live.model.call(inputs, inference(live))),
    )) {
      shapes[name] = [-1, ...output.shape.slice(1)];
    }
  });
  return shapes;
}

function requireTensors(outputs: Tensors): Tensors {
  if (typeof outputs === 'object' && outputs !== null && !(outputs instanceof Promise)) {
    const all: readonly unknown[] = isTensor(outputs) ? [outputs] : Object.values(outputs);
    if (all.every((output) => output instanceof tf.Tensor)) return outputs;
  }
  throw new CantripError('MODEL_INVALID', {
    who: 'trainer',
    what: 'the model function must return a tensor, or tensors by name',
    fix: 'Return the outputs directly, not a promise',
  });
}

/**
 * Checks that inputs match those of the model.
 *
 * @throws CantripError SHAPE_MISMATCH
 */
export function checkInputs(entries: readonly (readonly [string, Described])[], wanted: TensorShapes): void {
  const names = Object.keys(wanted);
  const only = entries[0]?.[0] === SINGLE ? entries[0][1] : undefined;
  if (only && names.length > 1) {
    throw new CantripError('SHAPE_MISMATCH', {
      who: 'trainer',
      what: `the model has ${names.length} inputs, but the batch has one tensor`,
      fix: `Pass inputs by name: ${names.join(', ')}`,
    });
  }
  const given = new Map(entries);
  for (const name of names) {
    const input = only ?? given.get(name);
    if (input && sameSizes(input.shape, wanted[name]!)) continue;
    const received = input ? `shape [${input.shape.join(', ')}]` : 'nothing';
    throw new CantripError('SHAPE_MISMATCH', {
      who: 'trainer',
      what: `the model's input ${name} must have shape [${wanted[name]!.map((size) => (size === -1 ? 'batch' : size)).join(', ')}], got ${received}`,
      fix: 'Reshape the data, or change the inputShape of the first layer',
    });
  }
}
