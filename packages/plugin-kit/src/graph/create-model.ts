import { keepStableName } from '../layers/stable-name.ts';
import { layersModelOf } from './model-classes.ts';
import { refuse } from './refuse-models.ts';
import { type Ends, type GraphLayer, type GraphModel, isGraphModel } from './symbolic-graph.ts';

/** Fields of a model that belong to it, and not to its layers. */
interface OwnFields {
  trainable_: boolean;
  _losses?: unknown;
  userDefinedMetadata?: unknown;
}

/** Creates the model that a graph computes, in place of another one, whose name and settings it gets. */
export function createModel(
  who: string,
  given: GraphModel,
  { inputs, outputs }: Ends,
  inPlaceOf: (model: GraphModel) => GraphModel,
): GraphModel {
  const made = construct(who, given, { inputs, outputs });
  made.layers = inOldOrder(given.layers, made.layers, inPlaceOf);
  const [from, to] = [given, made] as unknown as [OwnFields, OwnFields];
  // Without the setter, which would also set the weights of all layers.
  to.trainable_ = from.trainable_;
  to._losses = from._losses;
  to.userDefinedMetadata = from.userDefinedMetadata;
  keepStableName(made, given);
  return made;
}

function construct(who: string, given: GraphModel, ends: Ends): GraphModel {
  try {
    return new (layersModelOf(given))({ ...ends, name: given.name });
  } catch (cause) {
    throw refuse(who, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

/**
 * Input layers first, then the old layers in their old order, then the new ones. Automatic names count in this order, so
 * the old layers keep theirs. A new layer with the name of one that is gone stands in its place.
 */
function inOldOrder(
  before: readonly GraphLayer[],
  now: readonly GraphLayer[],
  inPlaceOf: (model: GraphModel) => GraphModel,
): GraphLayer[] {
  const left = new Set(now);
  const old = before.flatMap((layer) => {
    const same = isGraphModel(layer) ? inPlaceOf(layer) : layer;
    const found = left.has(same) ? same : now.find((one) => one.name === layer.name);
    if (!found || !left.delete(found)) return [];
    return [found];
  });
  const isInput = (layer: GraphLayer): boolean => layer.getClassName() === 'InputLayer';
  return [...[...left].filter(isInput), ...old, ...[...left].filter((layer) => !isInput(layer))];
}
