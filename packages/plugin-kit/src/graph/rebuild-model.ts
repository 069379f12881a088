import { type Check, checkArgument, describe } from '@cantrip/errors';
import { namesOfLayers } from '../layers/names-of-layers.ts';
import type { CallChange } from './call-change.ts';
import { changedCall } from './changed-call.ts';
import { createModel } from './create-model.ts';
import { refuse, requireRebuildable } from './refuse-models.ts';
import { sequentialOutputs } from './sequential-outputs.ts';
import {
  type Ends,
  type GraphLayer,
  type GraphModel,
  type GraphSymbol,
  isGraphModel,
  nodeOf,
} from './symbolic-graph.ts';

/** A `LayersModel` of `@tensorflow/tfjs-layers`. */
export interface RebuildableModel {
  readonly layers: readonly object[];
  readonly inputs: readonly object[];
  readonly outputs: readonly object[];
  getClassName(): string;
}

/**
 * Decides for one layer how its calls change; undefined leaves them as they are. It is called once for each layer, also
 * for those of nested models, and not for input layers.
 *
 * @param name - as in the trainer's names of variables: `inner/conv2d_1`
 */
export type LayerChange<L, S> = (layer: L, name: string) => CallChange<S> | undefined;

/**
 * Builds a model like the given one, with other layers between or in place of its layers.
 *
 * The new model uses the same layer objects, and so the same weights. They keep their names, since layers that are new
 * count after the old ones. The given model still works. If no layer changes, it is returned itself. A sequential model
 * becomes a `LayersModel` with the same layers. Nested models are rebuilt where a layer in them changes. A layer that is
 * called several times is changed at each call. Layers inside a wrapper such as `timeDistributed` are not seen.
 *
 * The model for a plugin's `transformModel`. The trainer takes the change back in `dispose()`.
 *
 * @param who - names who asks in errors, e.g. `squeezeExcite`
 * @param change - see {@link LayerChange}
 * @throws CantripError OPTION_INVALID; MODEL_NOT_REBUILT for a model of a class of its own, a layer called with tensors
 *   that are not its inputs, or layers that do not fit together
 * @example
 * ```ts
 * // A batch normalization after each convolution.
 * rebuildModel('normalized', model, (layer) => {
 *   if (layer.getClassName() !== 'Conv2D') return undefined;
 *   const normalization = layers.batchNormalization();
 *   return (next) => normalization.apply(next()) as SymbolicTensor;
 * });
 * ```
 */
export function rebuildModel<M extends RebuildableModel>(
  who: string,
  model: M,
  change: LayerChange<M['layers'][number], M['outputs'][number]>,
): M {
  checkArgument(who, 'model', modelCheck, model);
  checkArgument(who, 'change', changeCheck, change);
  const given = model as unknown as GraphModel;
  const changes = new Map(
    [...namesOfLayers(given)].flatMap(([layer, name]) => {
      if (layer.getClassName() === 'InputLayer') return [];
      const one: unknown = change(layer as unknown as M['layers'][number], name);
      if (one === undefined) return [];
      if (typeof one === 'function') return [[layer, one as CallChange<GraphSymbol>] as const];
      throw refuse(who, `change must return a function or undefined for layer ${name}, got ${describe(one)}`);
    }),
  );
  return rebuilding(who, changes)(given) as unknown as M;
}

type Rebuild = (model: GraphModel) => GraphModel;

function rebuilding(who: string, changes: ReadonlyMap<GraphLayer, CallChange<GraphSymbol>>): Rebuild {
  const rebuilt = new Map<GraphModel, GraphModel>();
  const isChanged = ({ layers }: GraphModel): boolean =>
    layers.some((layer) => changes.has(layer) || (isGraphModel(layer) && isChanged(layer)));
  const call = changedCall(who, changes, (layer) => (isGraphModel(layer) ? rebuild(layer) : layer));

  function rebuild(model: GraphModel): GraphModel {
    if (!isChanged(model)) return model;
    const known = rebuilt.get(model);
    if (known) return known;
    requireRebuildable(who, model);
    const graph = model.getClassName() === 'Sequential' ? sequentialOutputs(who, model, call) : ends(model);
    const made = createModel(who, model, graph, rebuild);
    rebuilt.set(model, made);
    return made;
  }

  function ends({ inputs, outputs }: GraphModel): Ends {
    const made = new Map<GraphSymbol, GraphSymbol>(inputs.map((input) => [input, input]));
    function visit(symbol: GraphSymbol): GraphSymbol {
      const known = made.get(symbol);
      if (known) return known;
      const node = nodeOf(symbol);
      if (!node?.outputTensors.includes(symbol)) {
        const what = `the model computes ${symbol.name} in a call that layer ${symbol.sourceLayer.name} has lost`;
        throw refuse(who, what);
      }
      const results = call(symbol.sourceLayer, node.inputTensors.map(visit), node);
      node.outputTensors.forEach((output, at) => made.set(output, results[at]!));
      return made.get(symbol)!;
    }
    return { inputs, outputs: outputs.map(visit) };
  }

  return rebuild;
}

const modelCheck: Check<RebuildableModel> = (value) => {
  const { layers, inputs, outputs, getClassName } = (value ?? {}) as Partial<RebuildableModel>;
  const isModel = Array.isArray(layers) && Array.isArray(inputs) && Array.isArray(outputs);
  return isModel && typeof getClassName === 'function' ? undefined : 'must be a LayersModel';
};

const changeCheck: Check<unknown> = (value) =>
  typeof value === 'function' ? undefined : 'must be a function of a layer and its name';
