import * as tf from '@tensorflow/tfjs-core';
import { CantripError } from '@cantrip/errors';
import type { layers } from '@tensorflow/tfjs-layers';
import { refusePromise } from '../checks/refuse-promise.ts';
import type { CallContext, LayerTensors, NextCall } from '../contract/layer-calls.ts';
import { guard, inStep } from '../hooks/call-hooks.ts';
import { describePart } from '../hooks/check-result.ts';
import { duringHook, outsideHooks } from '../hooks/current-hook.ts';
import type { AddedWrap } from './added-wrap.ts';
import type { AnyPlugin } from '../contract/plugin.ts';
import { idOf, ownName } from '../contract/plugin-id.ts';
import { withOwnScalars } from '../hooks/with-own-scalars.ts';

interface WrapOfLayer extends AddedWrap {
  readonly layer: layers.Layer;
  readonly name: string;
}

/** What messages call a wrap. */
export const wrapHook = (name: string): `wrapCall of the layer ${string}` => `wrapCall of the layer ${name}`;

/**
 * Calls one wrap of a layer and checks what it returns.
 *
 * @throws CantripError HOOK_ASYNC, HOOK_FAILED, HOOK_READ_VALUE, HOOK_RESULT
 */
export function callWrap(
  { plugin, wrap, layer, name }: WrapOfLayer,
  inner: NextCall,
  inputs: LayerTensors,
  context: CallContext,
): LayerTensors {
  const hook = wrapHook(name);
  let passed: LayerTensors | undefined;
  const next: NextCall = (others = inputs) => {
    if (!areTensors(others))
      throw wrong(idOf(plugin), `${hook} must call next with tensors, got ${words(others)}`);
    // The layer, or the wrap of another plugin.
    return (passed = outsideHooks(() => inner(others)));
  };
  const call = (): unknown => wrap(next, inputs, ownView(plugin, context));
  // Op by op, a layer may read values in inference.
  const result: unknown = context.training
    ? inStep(plugin, hook, call)
    : guard(plugin, hook, () => duringHook({ plugin, hook }, call));
  refusePromise(idOf(plugin), hook, result);
  const shapes = passed ? listOf(passed).map(({ shape }) => shape) : declared(layer, inputs);
  if (areTensors(result) && areAlike(listOf(result), shapes, passed && listOf(passed))) return result;
  const wanted = shapes.map((shape) => `[${shape.map((size) => size ?? '?').join(', ')}]`).join(' and ');
  throw wrong(
    idOf(plugin),
    `${hook} must return tensors like the layer's, of shape ${wanted}${passed ? dtypesOf(listOf(passed)) : ''}, got ${words(result)}`,
  );
}

/** An instance of a plugin has scalars and streams of its own. */
function ownView(plugin: AnyPlugin, context: CallContext): CallContext {
  if (plugin.instance === undefined) return context;
  const scalars = withOwnScalars(plugin, context.scalars);
  return {
    ...context,
    scalars,
    scalar: (name) => scalars[name] ?? context.scalar(name),
    random: (stream) => context.random(ownName(plugin, stream)),
  };
}

type Shape = readonly (number | null)[];

function areAlike(
  result: readonly tf.Tensor[],
  shapes: readonly Shape[],
  passed: readonly tf.Tensor[] | undefined,
): boolean {
  return (
    result.length === shapes.length &&
    result.every(({ shape, dtype }, at) => {
      const wanted = shapes[at]!;
      const fits =
        shape.length === wanted.length && wanted.every((size, i) => size === null || size === shape[i]);
      return fits && (!passed || passed[at]!.dtype === dtype);
    })
  );
}

/** The shapes that a layer gives, if the wrap did not call it. */
function declared(layer: layers.Layer, inputs: LayerTensors): readonly Shape[] {
  const given = Array.isArray(inputs)
    ? inputs.map((one: tf.Tensor) => one.shape)
    : (inputs as tf.Tensor).shape;
  const shapes = layer.computeOutputShape(given as never) as unknown[];
  return (Array.isArray(shapes[0]) ? shapes : [shapes]) as readonly Shape[];
}

const listOf = (tensors: LayerTensors): readonly tf.Tensor[] =>
  Array.isArray(tensors) ? (tensors as readonly tf.Tensor[]) : [tensors as tf.Tensor];

function areTensors(value: unknown): value is LayerTensors {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.length > 0 && list.every((one) => one instanceof tf.Tensor && !one.isDisposed);
}

const dtypesOf = (tensors: readonly tf.Tensor[]): string => {
  const others = new Set(tensors.map(({ dtype }) => dtype));
  return others.size === 1 && others.has('float32') ? '' : ` and ${[...others].join(', ')}`;
};

function words(value: unknown): string {
  if (!Array.isArray(value)) return describePart(value);
  return value.length === 0 ? 'an empty list' : value.map(describePart).join(' and ');
}

function wrong(who: string, what: string): CantripError {
  return new CantripError('HOOK_RESULT', { who, what, fix: 'Return the result of next(), changed or not' });
}
