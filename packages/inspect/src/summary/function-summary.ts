import {
  CantripError,
  checkArgument,
  describe,
  functionCheck,
  parseOptions,
  tensorSchema,
} from '@cantrip/errors';
import type { ModelFunction } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import { flopsOfKernel } from '../kernels/kernel-flops.ts';
import { type KernelRun, watchKernels } from '../kernels/watch-kernels.ts';
import { bytesOf, type LayerSummary, type ModelSummary, totalsOf } from './model-summary.ts';

export interface FunctionSummaryOptions {
  /** A batch, as the model receives it: a tensor, or several by name. */
  readonly inputs: tf.Tensor | Readonly<Record<string, tf.Tensor>>;
  /** The variables of the model by name: `run.variables` of the trainer. */
  readonly variables: Readonly<Record<string, tf.Variable>>;
}

const isTensor = (value: unknown): value is tf.Tensor => value instanceof tf.Tensor;
const schema = v.strictObject({
  inputs: v.union([tensorSchema, v.record(v.string(), tensorSchema)]),
  variables: v.record(
    v.string(),
    v.custom<tf.Variable>((value) => value instanceof tf.Variable, 'must be a variable'),
  ),
});

/**
 * What a model that is a function of its inputs is made of: its variables, and the FLOPs and outputs of its ops.
 *
 * The function is called once, in inference mode, on the current backend. The row `function` has the FLOPs of its products, a
 * multiply-add as 2, and the bytes of the outputs of all its ops.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * const { run } = await trainer.open();
 * const inputs = tf.zeros([32, 784]);
 * const summary = functionSummary(run.model as ModelFunction, { inputs, variables: run.variables });
 * ```
 */
export function functionSummary(model: ModelFunction, options: FunctionSummaryOptions): ModelSummary {
  checkArgument('functionSummary', 'model', functionCheck, model);
  const { inputs, variables } = parseOptions('functionSummary', schema, options) as FunctionSummaryOptions;
  const { kernels, shapes } = kernelsOf(model, inputs);
  const call: LayerSummary = {
    name: 'function',
    kind: 'Function',
    calls: 1,
    outputShapes: shapes,
    ...{ parameters: 0, trained: 0, weightBytes: 0 },
    flops: kernels.reduce((sum, kernel) => sum + flopsOfKernel(kernel), 0),
    activationBytes: bytesOf(kernels.flatMap(({ outputShapes }) => outputShapes)),
  };
  const [firstInput] = isTensor(inputs) ? [inputs] : Object.values(inputs);
  const rows = Object.entries(variables).map(rowOf);
  return { ...totalsOf([...rows, call]), batchSize: firstInput?.shape[0] ?? 1 };
}

function rowOf([name, { size, dtype, trainable, shape }]: readonly [string, tf.Variable]): LayerSummary {
  return {
    name,
    kind: `Variable [${shape.join(', ')}]`,
    calls: 0,
    outputShapes: [],
    parameters: size,
    trained: trainable ? size : 0,
    flops: 0,
    weightBytes: size * (dtype === 'bool' ? 1 : 4),
    activationBytes: 0,
  };
}

interface Called {
  readonly kernels: readonly KernelRun[];
  readonly shapes: readonly (readonly number[])[];
}

function kernelsOf(model: ModelFunction, inputs: FunctionSummaryOptions['inputs']): Called {
  const kernels: KernelRun[] = [];
  const end = watchKernels((kernel) => void kernels.push(kernel));
  try {
    return tf.tidy(() => {
      const outputs = model(inputs, { training: false, random: refuseRandom }) as unknown;
      const list = isTensor(outputs) ? [outputs] : Object.values((outputs ?? {}) as object);
      if (list.length === 0 || !list.every(isTensor)) throw notTensors(outputs);
      // Its shapes alone leave the tidy.
      return { kernels, shapes: list.map(({ shape }) => [...shape]) } as never;
    });
  } finally {
    end();
  }
}

function refuseRandom(stream: string): never {
  throw new CantripError('OPTION_INVALID', {
    who: 'functionSummary',
    what: `the model draws the random numbers ${stream} in inference mode`,
    fix: 'Draw them only where training is true',
  });
}

function notTensors(outputs: unknown): CantripError {
  return new CantripError('OPTION_INVALID', {
    who: 'functionSummary',
    what: `model must return a tensor or tensors by name, got ${describe(outputs)}`,
    fix: 'Pass the function that the trainer gets from model: () => …',
  });
}
