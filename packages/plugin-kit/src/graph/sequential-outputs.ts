import type { Call } from './changed-call.ts';
import { inputLike } from './model-classes.ts';
import { refuse } from './refuse-models.ts';
import { type Ends, type GraphModel, type GraphSymbol, isGraphModel } from './symbolic-graph.ts';

/**
 * Calls the layers of a sequential model one after the other. Its own graph is not followed, because it leads into a
 * first layer that is a model, and the names of that model's layers would change.
 */
export function sequentialOutputs(who: string, model: GraphModel, call: Call): Ends {
  const chain = model.layers.filter((layer) => layer.getClassName() !== 'InputLayer');
  const last = model.layers.at(-1)!;
  const [given, output] = [model.inputs[0]!, model.outputs[0]!];
  const ends = [
    ...(isGraphModel(last) ? last.outputs : []),
    ...last.inboundNodes.flatMap((node) => node.outputTensors),
  ];
  if (!ends.includes(output))
    throw refuse(who, `the output of ${model.name} does not come from the last of its layers, ${last.name}`);
  // The input layer of a first layer that is a model belongs to that model.
  const input = isGraphModel(model.layers[0]!) ? inputLike(given) : given;
  const begin: readonly GraphSymbol[] = [input];
  const outputs = chain.reduce((inputs, layer) => call(layer, inputs, { outputTensors: [output] }), begin);
  return { inputs: begin, outputs };
}
