import type { OwnValues, Place, StepCode } from '@cantrip/core-tensor-gpu';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { namedLayers } from '@cantrip/plugin-kit';
import type { BuiltModel } from '../model/built-model.ts';
import { ownValues } from '../model/own-values.ts';
import type { Objective } from '../objective/objective.ts';
import { layerPlace } from '../hooks/current-hook.ts';
import { hookNames, isOfStep } from '../contract/hook-names.ts';
import type { AnyPlugin } from '../contract/plugin.ts';
import type { WrappedCalls } from '../wraps/wrapped-calls.ts';
import { idOf } from '../contract/plugin-id.ts';

interface Parts {
  readonly model: BuiltModel;
  readonly objective: Objective;
  readonly plugins: readonly AnyPlugin[];
  /** The wraps of layers. */
  readonly wraps: Pick<WrappedCalls, 'codes'>;
  /** What the optimizers that plugins made run in the step. */
  readonly optimizerCodes: readonly StepCode[];
}

type Code = StepCode['code'];

/** The foreign code that the step runs, and the objects on which this code may store values. */
export interface StepParties {
  readonly ownValues: () => readonly OwnValues[];
  readonly codes: () => readonly StepCode[];
}

/** Finds all code that runs in a step: plugins, losses, metrics and the model. */
export function stepParties({ model, objective, plugins, wraps, optimizerCodes }: Parts): StepParties {
  const figures = [
    ...objective.losses.map(([, loss]) => [loss, figurePlace('loss', loss.name)] as const),
    ...objective.metrics.map(([, metric]) => [metric, figurePlace('metric', metric.name)] as const),
  ];
  const own = [
    ...model.ownValues(),
    ...plugins.map((plugin) => ownValues(plugin, { who: idOf(plugin), within: 'its properties' })),
    ...figures.map(([figure, place]) => ownValues(figure, place)),
  ];
  return {
    ownValues: () => own,
    codes: () => [
      ...plugins.flatMap(hooksOf),
      ...optimizerCodes,
      ...wraps.codes(),
      ...figures.flatMap(([figure, place]) => functionsOf(figure, place)),
      ...codesOfModel(model.source),
    ],
  };
}

const figurePlace = (kind: string, name: string): Place => ({
  who: 'trainer',
  within: `the ${kind} ${name}`,
});

function hooksOf(plugin: AnyPlugin): StepCode[] {
  return hookNames.flatMap((hook) => {
    const code = plugin[hook];
    if (!isOfStep(hook) || typeof code !== 'function') return [];
    return [{ place: { who: idOf(plugin), within: hook }, code: code as Code }];
  });
}

function functionsOf(figure: object, place: Place): StepCode[] {
  const { compute, measure, tally } = figure as Readonly<
    Record<'compute' | 'measure' | 'tally', Code | undefined>
  >;
  return [compute, measure, tally].flatMap((code) => (typeof code === 'function' ? [{ place, code }] : []));
}

/** Layers of TensorFlow.js itself store nothing in closures. All of its code is in one script. */
function codesOfModel(source: BuiltModel['source']): StepCode[] {
  if (typeof source === 'function')
    return [{ place: { who: 'trainer', within: 'the model' }, code: source as Code }];
  const { apply } = source as LayersModel;
  return [...namedLayers(source)].map(([name, layer]) => ({
    place: layerPlace(name),
    code: ownCall(layer),
    unlessWith: apply as Code,
  }));
}

/** A layer's own call, ignoring calls that were inserted between the layer and its class. */
function ownCall(layer: LayersModel['layers'][number]): Code {
  if (Object.hasOwn(layer, 'call')) return layer.call as Code;
  let prototype = Object.getPrototypeOf(layer) as object;
  while (!(Object.hasOwn(prototype, 'call') && Object.hasOwn(prototype, 'constructor'))) {
    prototype = Object.getPrototypeOf(prototype) as object;
  }
  return (prototype as { readonly call: Code }).call;
}
