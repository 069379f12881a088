import { describe, isCantripError } from '@cantrip/errors';
import type { CallChange } from './call-change.ts';
import { refuse } from './refuse-models.ts';
import {
  type CallOptions,
  type GraphLayer,
  type GraphNode,
  type GraphSymbol,
  isGraphSymbol,
  listOf,
} from './symbolic-graph.ts';

/** Calls a layer as in `node`, with other inputs and with its change. Returns as many tensors as the old call. */
export type Call = (
  layer: GraphLayer,
  inputs: readonly GraphSymbol[],
  node: Pick<GraphNode, 'callArgs' | 'outputTensors'>,
) => readonly GraphSymbol[];

/**
 * Makes the calls of layers in a new graph.
 *
 * @param inPlaceOf - the layer itself, or the model that was built in place of a nested one
 */
export function changedCall(
  who: string,
  changes: ReadonlyMap<GraphLayer, CallChange<GraphSymbol>>,
  inPlaceOf: (layer: GraphLayer) => GraphLayer,
): Call {
  return (layer, inputs, { callArgs, outputTensors }) => {
    const given = inputs.length === 1 ? inputs[0]! : [...inputs];
    const options = optionsOf(who, layer, callArgs, inputs);
    const next = (others: GraphSymbol | GraphSymbol[] = given): GraphSymbol | GraphSymbol[] =>
      named(
        who,
        `layer ${layer.name} does not fit into the new model`,
        () => inPlaceOf(layer).apply(others, { ...options }) as GraphSymbol | GraphSymbol[],
      );
    const change = changes.get(layer);
    const results: unknown = change
      ? named(who, `the change of layer ${layer.name} failed`, () => change(next, given))
      : next();
    const list = listOf(results);
    if (list.length === outputTensors.length && list.every(isGraphSymbol)) return list;
    const wanted =
      outputTensors.length === 1 ? 'a symbolic tensor' : `${outputTensors.length} symbolic tensors`;
    throw refuse(who, `the change of layer ${layer.name} must return ${wanted}, got ${describe(results)}`);
  };
}

/** What the layer was called with beside its inputs. States and constants of a recurrent layer are among the inputs. */
function optionsOf(
  who: string,
  layer: GraphLayer,
  given: CallOptions | null | undefined,
  inputs: readonly GraphSymbol[],
): CallOptions {
  const kept = Object.entries(given ?? {}).filter(
    ([name]) => name !== 'mask' && !(inputs.length > 1 && ['initialState', 'constants'].includes(name)),
  );
  const lost = kept.find(([, value]) => listOf(value).some(isGraphSymbol));
  if (!lost) return Object.fromEntries(kept);
  throw refuse(
    who,
    `layer ${layer.name} is called with tensors in ${lost[0]}, which are not among its inputs`,
  );
}

/** Layers themselves refuse inputs that do not fit. */
function named<T>(who: string, what: string, call: () => T): T {
  try {
    return call();
  } catch (cause) {
    if (isCantripError(cause)) throw cause;
    throw refuse(who, `${what}: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
}
