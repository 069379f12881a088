import * as tf from '@tensorflow/tfjs-core';
import { installHostRandom, randomStream } from '@cantrip/ops';
import { CantripError, describe, isPlainObject } from '@cantrip/errors';
import { isPlainFunction } from '../checks/plain-function.ts';
import type { AnyPlugin, TransformedModel } from '../contract/plugin.ts';
import type { PrepareContext } from '../contract/tuning.ts';
import { isLayersModel } from '../model/is-layers-model.ts';
import { layersOutside } from '../model/layers/layers-outside.ts';
import { watchNodes } from '../model/layers/added-nodes.ts';
import { keepUndo, type Undo } from './undo.ts';
import { callOnce } from '../hooks/call-once.ts';
import { idOf } from '../contract/plugin-id.ts';

const hook = 'transformModel';

type Model = TransformedModel['model'];

/**
 * Calls `transformModel` of every plugin in list order. Each receives the model of the one before.
 *
 * @param undo - receives the undo functions of the plugins. It also gets functions that dispose the variables that
 *   plugins created, and that take back what other models have added to the layers of the given one
 * @throws CantripError HOOK_ASYNC, HOOK_FAILED, HOOK_RESULT
 */
export function transformModels(
  plugins: readonly AnyPlugin[],
  model: Model,
  context: PrepareContext,
  undo: Undo[],
): Model {
  return plugins.reduce((given, plugin) => transformOne(plugin, given, context, undo), model);
}

function transformOne(plugin: AnyPlugin, given: Model, context: PrepareContext, undo: Undo[]): Model {
  if (!plugin.transformModel) return given;
  const before = new Set(registered());
  const made: tf.Variable[] = [];
  // Kept first, so it runs after the plugin's own undo function.
  undo.push({ run: () => disposeAll(made) });
  const watched = isLayersModel(given) ? watchNodes(given) : undefined;
  // Its own stream, so the initial values of the other layers stay the same.
  const stream = `initial-weights/${idOf(plugin)}`;
  const restore = installHostRandom(randomStream({ seed: context.seed, stream }));
  try {
    const result: unknown = callOnce(plugin, hook, () => plugin.transformModel!(given, context));
    if (isPlainObject(result) && typeof result['undo'] === 'function')
      keepUndo(undo, plugin, hook, () => (result as Partial<TransformedModel>).undo!());
    const model = readResult(plugin, result);
    requireSameKind(plugin, given, model);
    requireListed(plugin, model);
    return model;
  } finally {
    restore();
    if (watched) undo.push({ run: watched() });
    made.push(...registered().filter((variable) => !before.has(variable)));
  }
}

const registered = (): tf.Variable[] => Object.values(tf.engine().registeredVariables);

function disposeAll(variables: readonly tf.Variable[]): void {
  for (const variable of variables) if (!variable.isDisposed) variable.dispose();
}

function readResult(plugin: AnyPlugin, result: unknown): Model {
  if (isModel(result)) return result;
  if (isPlainObject(result)) {
    const { model, undo, ...others } = result;
    const isUndo = undo === undefined || typeof undo === 'function';
    if (isModel(model) && isUndo && Object.keys(others).length === 0) return model;
  }
  throw wrongResult(
    plugin,
    `a model or { model, undo }, got ${describe(result)}`,
    'Return the model, changed or not',
  );
}

const isModel = (value: unknown): value is Model => isLayersModel(value) || isPlainFunction(value);

/** The trainer prepares layers. A function in the place of a LayersModel would hide them. */
function requireSameKind(plugin: AnyPlugin, given: Model, model: Model): void {
  if (isLayersModel(given) === isLayersModel(model)) return;
  const [wanted, got] = isLayersModel(given)
    ? ['a LayersModel, as it received', 'a function']
    : ['a function, as it received', 'a LayersModel'];
  throw wrongResult(plugin, `${wanted}, got ${got}`, 'Return a model of the kind that the hook received');
}

/** `model.layers.pop()` does not change what a model computes, but the layer would not be trained. */
function requireListed(plugin: AnyPlugin, model: Model): void {
  const [outside] = isLayersModel(model) ? layersOutside(model) : [];
  if (!outside) return;
  throw wrongResult(
    plugin,
    `a model whose layers compute its outputs, got one whose list of layers lacks ${outside.name}`,
    'Build another model with tf.model({ inputs, outputs })',
  );
}

function wrongResult(plugin: AnyPlugin, what: string, fix: string): CantripError {
  return new CantripError('HOOK_RESULT', { who: idOf(plugin), what: `${hook} must return ${what}`, fix });
}
