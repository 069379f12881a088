import { CantripError, type Check, checkArgument, isPlainObject } from '@cantrip/errors';
import type { SafeTensor, SafetensorsDtype } from '@cantrip/safetensors';
import type * as tf from '@tensorflow/tfjs-core';
import { codes } from '../error-codes.ts';
import { layoutSteps, toStored } from '../layout/weight-layout.ts';
import type { TensorValues, VariableType } from '../tensors/decode-tensor.ts';
import { type Target, targetsOf, type WeightTarget } from './targets-of.ts';
import { valuesInPlace } from './values-in-place.ts';
import { type NamesAndLayout, readExportOptions } from './weight-options.ts';

export interface ExportWeightsOptions extends NamesAndLayout {
  /** Tensors in place of variables of the model, by name in the model: averages, for example. */
  readonly values?: Readonly<Record<string, tf.Tensor>> | undefined;
}

const dtypes: Readonly<Record<VariableType, SafetensorsDtype>> = {
  float32: 'F32',
  int32: 'I32',
  bool: 'BOOL',
};

/**
 * The weights of a model in the form that `writeSafetensors` takes.
 *
 * Names are those of the parameters, as in the trainer: `conv2d_1/kernel`. With `names` and `layout` they are those of
 * another library. Call it between two steps of a training: all reads begin at once.
 *
 * @param model - a LayersModel, or variables by name such as `run.variables`
 * @throws CantripError WEIGHTS_MISMATCH; WEIGHTS_LAYOUT for a layer without a rule; MODEL_INVALID; OPTION_INVALID
 * @example
 * ```ts
 * const tensors = await exportWeights(model, { names: torchNames(), layout: 'pytorch' });
 * await writeFile('model.safetensors', writeSafetensors(tensors));
 * ```
 */
export async function exportWeights(
  model: WeightTarget,
  options: ExportWeightsOptions = {},
): Promise<ReadonlyMap<string, SafeTensor>> {
  const { values: given, ...rest } = requireOptions(options);
  const targets = targetsOf('exportWeights', model, readExportOptions('exportWeights', rest));
  const places = targets.map(({ name, variable }) => ({ name, variable }));
  const values = valuesInPlace('exportWeights', given, places);
  refuseDoubled(targets);
  const stored = targets.flatMap((target) =>
    target.stored === undefined
      ? []
      : [storedTensor(target, target.stored, values.get(target.name) ?? target.variable)],
  );
  return new Map(await Promise.all(stored));
}

const optionsCheck: Check<ExportWeightsOptions> = (value) =>
  isPlainObject(value) ? undefined : 'must be a plain object';

function requireOptions(options: ExportWeightsOptions): ExportWeightsOptions {
  checkArgument('exportWeights', 'options', optionsCheck, options);
  return options;
}

function refuseDoubled(targets: readonly Target[]): void {
  const seen = new Set<string>();
  for (const { name, stored } of targets) {
    if (stored !== undefined && seen.has(stored)) {
      throw new CantripError(codes.WEIGHTS_MISMATCH, {
        who: 'exportWeights',
        what: `has two weights for the name ${stored}, one of them ${name}`,
        fix: 'Let names return another name for each weight',
      });
    }
    if (stored !== undefined) seen.add(stored);
  }
}

async function storedTensor(
  { name, type, layout }: Target,
  stored: string,
  tensor: tf.Tensor,
): Promise<readonly [string, SafeTensor]> {
  const steps = layoutSteps(layout, tensor.shape);
  if (!steps) {
    throw new CantripError(codes.WEIGHTS_LAYOUT, {
      who: 'exportWeights',
      what: `cannot give ${name} [${tensor.shape.join(', ')}] the layout that was asked for`,
      fix: "Return 'same' for it",
    });
  }
  const values = toStored((await tensor.data()) as TensorValues, steps);
  // A copy, because the array may be the memory of the tensor.
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice();
  return [stored, { dtype: dtypes[type], shape: steps.stored, bytes }];
}
