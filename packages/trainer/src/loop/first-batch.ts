import * as tf from '@tensorflow/tfjs-core';
import { randomStream, withHostRandom } from '@cantrip/core-tensor-gpu/random';
import { CantripError } from '@cantrip/errors';
import type { LiveRun } from '../live-run.ts';
import { entriesOf, isTensor, type TensorShapes } from '../model/tensor-trees.ts';
import { sameSizes } from '../objective/class-targets.ts';
import { checkTargets } from '../objective/objective.ts';
import type { Batch, Tensors } from '../plugins/plugin.ts';
import { inference } from './inference.ts';
import type { PreparedBatch } from './prepare-batch.ts';
import { uploadTree } from './upload-tree.ts';

/**
 * Checks that a batch fits the model, and the targets its outputs, before any step changes anything.
 *
 * @returns the shapes of the outputs
 * @throws CantripError SHAPE_MISMATCH or DTYPE_MISMATCH
 */
export function checkFirstBatch(live: LiveRun, { inputs, targets }: PreparedBatch): TensorShapes {
  const uploaded: tf.Tensor[] = [];
  try {
    return checkBatch(live, uploadTree({ inputs, targets }, uploaded) as Batch);
  } finally {
    tf.dispose(uploaded);
  }
}

function checkBatch(live: LiveRun, batch: Batch): TensorShapes {
  const { model, options } = live;
  if (model.inputShapes) checkInputs(batch.inputs, model.inputShapes);
  const shapes = model.outputShapes ?? outputShapesByCall(live, batch);
  checkTargets(options.objective, batch.targets, shapes);
  return shapes;
}

/** A function model says what it returns only when it is called. */
function outputShapesByCall(live: LiveRun, batch: Batch): TensorShapes {
  const stream = randomStream({ seed: live.run.seed, stream: 'first-batch' });
  return withHostRandom(stream, () => {
    const shapes: Record<string, readonly number[]> = {};
    tf.tidy(() => {
      for (const [name, output] of entriesOf(
        requireTensors(live.model.call(batch.inputs, inference(live))),
      )) {
        shapes[name] = [-1, ...output.shape.slice(1)];
      }
    });
    return shapes;
  });
}

function requireTensors(outputs: Tensors): Tensors {
  if (typeof outputs === 'object' && outputs !== null && !(outputs instanceof Promise)) {
    if (isTensor(outputs) || Object.values(outputs).every((output) => output instanceof tf.Tensor))
      return outputs;
  }
  throw new CantripError('MODEL_INVALID', {
    who: 'trainer',
    what: 'the model function must return a tensor, or tensors by name',
    fix: 'Return its outputs, synchronously',
  });
}

function checkInputs(inputs: Tensors, wanted: TensorShapes): void {
  const names = Object.keys(wanted);
  if (isTensor(inputs) && names.length > 1) {
    throw new CantripError('SHAPE_MISMATCH', {
      who: 'trainer',
      what: `the model has ${names.length} inputs, but the batch has one tensor`,
      fix: `Give inputs by name: ${names.join(', ')}`,
    });
  }
  for (const name of names) {
    const input = isTensor(inputs) ? inputs : inputs[name];
    if (input && sameSizes(input.shape, wanted[name]!)) continue;
    const received = input ? `shape [${input.shape.join(', ')}]` : 'nothing';
    throw new CantripError('SHAPE_MISMATCH', {
      who: 'trainer',
      what: `the model's input ${name} must have shape [${wanted[name]!.map((size) => (size === -1 ? 'batch' : size)).join(', ')}], got ${received}`,
      fix: 'Reshape the data, or change the inputShape of the first layer',
    });
  }
}
