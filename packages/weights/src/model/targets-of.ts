import { CantripError, describe, isPlainObject } from '@cantrip/errors';
import { parametersOf } from '@cantrip/plugin-kit';
import { Variable } from '@tensorflow/tfjs-core';
import type { layers, LayersModel } from '@tensorflow/tfjs-layers';
import { linksOf } from '../layout/feature-order.ts';
import { torchLayout } from '../layout/torch-layout.ts';
import type { WeightLayout } from '../layout/weight-layout.ts';
import { codes } from '../error-codes.ts';
import type { VariableType } from '../tensors/decode-tensor.ts';
import type { WeightOptions } from './weight-options.ts';

type Layer = layers.Layer;

/** A model, or variables by name such as `run.variables` of the trainer. */
export type WeightTarget = LayersModel | Readonly<Record<string, Variable>>;

/** One variable, its name in the file and its layout there. */
export interface Target {
  readonly name: string;
  readonly variable: Variable;
  readonly type: VariableType;
  /** Undefined if the file does not have it. */
  readonly stored: string | undefined;
  readonly layout: WeightLayout;
}

/** @throws CantripError OPTION_INVALID, MODEL_INVALID; WEIGHTS_LAYOUT */
export function targetsOf(who: string, target: unknown, options: WeightOptions): readonly Target[] {
  const variables = isLayersModel(target) ? ofModel(who, target, options) : ofVariables(who, target, options);
  if (options.layout === undefined) requireLayout(who, variables);
  if (variables.length > 0) return variables;
  throw new CantripError('MODEL_INVALID', {
    who,
    what: 'needs a model with weights, but it has none',
    fix: 'Build a sequential model first: give its first layer an inputShape',
  });
}

/** A square matrix has the same shape in both layouts, so the wrong one would go unnoticed. */
function requireLayout(who: string, targets: readonly Target[]): void {
  const found = targets.find(
    ({ name, stored, variable }) =>
      stored !== undefined && stored !== name && /(^|\.)weight$/.test(stored) && variable.rank > 1,
  );
  if (!found) return;
  throw new CantripError(codes.WEIGHTS_LAYOUT, {
    who,
    what: `has a name of PyTorch, ${found.stored} for ${found.name}, but no layout`,
    fix: "Set layout to 'pytorch', or to 'tensorflow' where the numbers are in the order of TensorFlow.js",
  });
}

function isLayersModel(target: unknown): target is LayersModel {
  const { layers, getClassName } = (target ?? {}) as Partial<LayersModel>;
  return Array.isArray(layers) && typeof getClassName === 'function';
}

function ofModel(who: string, model: LayersModel, options: WeightOptions): Target[] {
  const links = linksOf(model);
  return parametersOf<Layer>(model).map((parameter) => {
    const { layout } = options;
    return targetOf(parameter.name, parameter.weight.read() as Variable, options, () =>
      typeof layout === 'function'
        ? layout(parameter.name)
        : layout === 'pytorch'
          ? torchLayout(who, parameter, links)
          : 'same',
    );
  });
}

function ofVariables(who: string, given: unknown, options: WeightOptions): Target[] {
  if (!isPlainObject(given) || !Object.values(given).every((one) => one instanceof Variable)) {
    throw new CantripError('OPTION_INVALID', {
      who,
      what: `model must be a LayersModel or variables by name, got ${describe(given)}`,
      fix: 'Pass the model, or run.variables of a trainer',
    });
  }
  const { layout } = options;
  if (layout === 'pytorch') {
    throw new CantripError('OPTION_INVALID', {
      who,
      what: "layout 'pytorch' needs a LayersModel, because variables alone do not say what layer uses them",
      fix: 'Give layout as a function that returns a layout for each name',
    });
  }
  return Object.entries(given as Record<string, Variable>).map(([name, variable]) =>
    targetOf(name, variable, options, () => (typeof layout === 'function' ? layout(name) : 'same')),
  );
}

function targetOf(
  name: string,
  variable: Variable,
  { names }: WeightOptions,
  layoutOf: () => WeightLayout,
): Target {
  const stored = typeof names === 'function' ? names(name) : Object.hasOwn(names, name) ? names[name] : name;
  return {
    name,
    variable,
    type: variable.dtype as VariableType,
    stored,
    // What the file does not have needs no layout.
    layout: stored === undefined ? 'same' : layoutOf(),
  };
}
