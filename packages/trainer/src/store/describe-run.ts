import * as tf from '@tensorflow/tfjs-core';
import type { layers, LayersModel } from '@tensorflow/tfjs-layers';
import { namedLayers } from '@cantrip/plugin-kit';
import type { BatchSource } from '../batch/batch-source.ts';
import { promiseOf } from '../batch/data-promise.ts';
import { idOf, savedPlugins } from '../contract/plugin-id.ts';
import type { RunDescription, SavedRun } from '../contract/run-store.ts';
import type { LiveRun, RunLength } from '../run/live-run.ts';
import { saveSnapshot } from '../snapshot/save-snapshot.ts';
import { storeOf } from './store-of.ts';

/** The descriptions of `fit` calls. Training waits for a save, and a description takes as long as a step. */
const described = new WeakMap<object, RunDescription>();

/** Takes a snapshot, and says what it is a snapshot of: the run as it was when its `fit` first saved. */
export async function savedRun(live: LiveRun): Promise<SavedRun> {
  const { fitting } = live;
  const description = (fitting && described.get(fitting)) ?? describeRun(live);
  if (fitting) described.set(fitting, description);
  return { snapshot: await saveSnapshot(live), description };
}

/** Describes a run for a store. */
export function describeRun(live: LiveRun): RunDescription {
  const { options, recipe, training } = live;
  const plugins = savedPlugins(options.plugins).map(idOf);
  const { name, version } = live.device.describe();
  return plain({
    model: describeModel(live),
    plugins,
    optimizer: {
      name: recipe.name,
      learningRate: recipe.learningRate,
      batchesPerStep: recipe.batchesPerStep ?? 1,
      ...(recipe.keeps && { keeps: [...recipe.keeps].sort() }),
      ...(recipe.settings && { settings: recipe.settings }),
    },
    loss: Object.fromEntries(
      options.objective.losses.map(([output, { name: loss }, weight]) => [
        output || 'loss',
        `${weight} x ${loss}`,
      ]),
    ),
    ...(live.fitting && { data: describeData(live.fitting.source), length: live.fitting.length }),
    library: {
      device: name,
      version,
      captured: training.captures ? 'yes' : 'no',
      ...(options.precision !== 'float32' && { precision: options.precision }),
      'tfjs-core': tf.version_core,
      ...storeOf(options.plugins)?.versions?.(plugins),
    },
  });
}

/** Describes the data and the length of a `fit` that has not begun. */
export const describeFit = (source: BatchSource, length: RunLength): RunDescription =>
  plain({ data: describeData(source), length });

function describeData(source: BatchSource): NonNullable<RunDescription['data']> {
  const { batchSize } = source;
  return { ...promiseOf(source), ...(batchSize !== undefined && { batchSize }) };
}

function describeModel({ model }: LiveRun): unknown {
  const { source, variables } = model;
  if (typeof source !== 'function') return { layers: [...layersOf(source)] };
  return { variables: Object.entries(variables).map(([name, { shape }]) => `${name} ${shape.join('x')}`) };
}

function* layersOf(model: LayersModel): Generator<readonly [name: string, kind: string, settings: unknown]> {
  for (const [name, layer] of namedLayers<layers.Layer>(model))
    yield [name, layer.getClassName(), settingsOf(layer)];
}

/** Names are numbered by process, initial values are no longer needed, and what is trained is a matter of plugins. */
const ofNoMatter =
  /^(name|trainable|batchInputShape|dtype|.*Initializer|layer|forwardLayer|backwardLayer|layers)$/;

function settingsOf(layer: layers.Layer): unknown {
  try {
    const entries = Object.entries(layer.getConfig()).filter(([key]) => !ofNoMatter.test(key));
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  } catch {
    // A layer without a getConfig of its own can be trained, too.
    return {};
  }
}

/** As it is after JSON, so that one that was stored equals one that was not. */
const plain = (description: RunDescription): RunDescription =>
  JSON.parse(JSON.stringify(description)) as RunDescription;
