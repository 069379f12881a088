import type { StepCode } from '@cantrip/core-tensor-gpu';
import { CantripError, describe } from '@cantrip/errors';
import type { layers } from '@tensorflow/tfjs-layers';
import { isPlainFunction } from '../checks/plain-function.ts';
import type { CallContext, LayerWrap } from '../contract/layer-calls.ts';
import type { AnyPlugin } from '../contract/plugin.ts';
import { currentHook } from '../hooks/current-hook.ts';
import type { BuiltModel } from '../model/built-model.ts';
import type { AddedWrap } from './added-wrap.ts';
import { wrapHook } from './call-wrap.ts';
import { installCall } from './install-call.ts';
import { layerNames } from './layer-names.ts';
import { idOf } from '../contract/plugin-id.ts';

type Layer = layers.Layer;

/** The wraps of the layers' calls in one run. */
export interface WrappedCalls {
  /** The model whose passes run within the wraps, and whose identity names them. */
  readonly model: BuiltModel;
  /**
   * Adds a wrap. Returns a function that removes it.
   *
   * @param plugin - undefined if the caller is no plugin
   */
  add(plugin: AnyPlugin | undefined, layer: Layer, wrap: LayerWrap): () => void;
  /** The code that the wraps run in the step. */
  codes(): readonly StepCode[];
  /** The wrapped layers, each with its plugins from the outermost to the innermost. */
  rows(): readonly (readonly [layer: string, plugins: readonly string[]])[];
  /** Removes all wraps. */
  clear(): void;
}

const nobody: AnyPlugin = { name: 'trainer' };

/** Creates the wraps of a run; there are none at first. */
export function createWrappedCalls(bare: BuiltModel, plugins: readonly AnyPlugin[]): WrappedCalls {
  const wraps = new Map<Layer, AddedWrap[]>();
  const numbers = new WeakMap<LayerWrap, number>();
  let lastNumber = 0;
  const names = layerNames(bare.source);
  const nameOf = (layer: Layer): string => names.get(layer)!;

  const model: BuiltModel = {
    ...bare,
    identity: () => [bare.identity(), ...[...wraps].map(identityOf)].join('/'),
    call(inputs, context) {
      const { training, step } = context;
      const given: CallContext = { training, ...step };
      const undos = [...wraps].map(([layer, all]) => installCall(layer, nameOf(layer), all, given));
      try {
        return bare.call(inputs, context);
      } finally {
        undos.forEach((undo) => undo());
      }
    },
  };

  const identityOf = ([layer, all]: readonly [Layer, readonly AddedWrap[]]): string =>
    `${nameOf(layer)}:${all.map(({ wrap }) => numbers.get(wrap)).join()}`;

  return {
    model,
    add(plugin = nobody, layer, wrap) {
      check(plugin, names, layer, wrap);
      const order = plugins.includes(plugin) ? plugins.indexOf(plugin) : plugins.length;
      const added: AddedWrap = { plugin, wrap, order };
      if (!numbers.has(wrap)) numbers.set(wrap, ++lastNumber);
      // Sorting is stable: those of one plugin stay in the order of their calls.
      set(
        layer,
        [...(wraps.get(layer) ?? []), added].sort((a, b) => a.order - b.order),
      );
      return () =>
        set(
          layer,
          (wraps.get(layer) ?? []).filter((one) => one !== added),
        );
    },
    codes: () =>
      [...wraps].flatMap(([layer, all]) =>
        all.map(({ plugin, wrap }) => ({
          place: { who: idOf(plugin), within: wrapHook(nameOf(layer)) },
          code: wrap as StepCode['code'],
        })),
      ),
    rows: () => [...wraps].map(([layer, all]) => [nameOf(layer), all.map(({ plugin }) => idOf(plugin))]),
    clear: () => wraps.clear(),
  };

  function set(layer: Layer, all: AddedWrap[]): void {
    if (all.length > 0) wraps.set(layer, all);
    else wraps.delete(layer);
  }
}

function check(plugin: AnyPlugin, names: ReadonlyMap<object, string>, layer: unknown, wrap: unknown): void {
  const within = currentHook();
  if (within) {
    throw new CantripError('OPTION_INVALID', {
      who: idOf(within.plugin),
      what: `wrapCall must not be called in ${within.hook}, because the step is recorded once and replayed`,
      fix: 'Call it in setup or in an on… hook',
    });
  }
  if (!names.has(layer as object)) {
    throw new CantripError('MODEL_INVALID', {
      who: idOf(plugin),
      what:
        names.size === 0
          ? 'wrapCall needs a layer of run.model, which is a function without layers'
          : `wrapCall needs a layer of run.model, got ${describe(layer)}`,
      fix:
        names.size === 0
          ? 'Use a LayersModel, or wrap the function in transformModel'
          : 'Pass one of its layers',
    });
  }
  if (isPlainFunction(wrap)) return;
  throw new CantripError('OPTION_INVALID', {
    who: idOf(plugin),
    what: `wrapCall of the layer ${names.get(layer as object)} needs a function that returns tensors directly, got ${describe(wrap)}`,
    fix: 'Pass (next, inputs, context) => next()',
  });
}
