import type { Tensor } from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import type { CallContext, LayerTensors, NextCall } from '../contract/layer-calls.ts';
import { callWrap } from './call-wrap.ts';
import type { AddedWrap } from './added-wrap.ts';

type Layer = layers.Layer;
type Given = Tensor | Tensor[];

/**
 * Puts wraps around the call that a layer has now, until the returned function is called. Freezing sets a `call` on
 * the layer itself, and other changes stand between it and its class. All of them are inside.
 */
export function installCall(
  layer: Layer,
  name: string,
  wraps: readonly AddedWrap[],
  context: CallContext,
): () => void {
  const before = Object.getOwnPropertyDescriptor(layer, 'call');
  const inner = layer.call;
  const call: Layer['call'] = (given, kwargs) => {
    const base = (inputs: LayerTensors): LayerTensors =>
      withoutList(inner.call(layer, inLikeForm(inputs, given), kwargs));
    const outermost = wraps.reduceRight<(inputs: LayerTensors) => LayerTensors>(
      (next, wrap) => (inputs) => callWrap({ ...wrap, layer, name }, next as NextCall, inputs, context),
      base,
    );
    return outermost(withoutList(given)) as Given;
  };
  // Not enumerable: the values that the layer stores itself are compared before each step.
  Object.defineProperty(layer, 'call', { value: call, configurable: true, writable: true });
  return () => {
    if (before) Object.defineProperty(layer, 'call', before);
    else Reflect.deleteProperty(layer, 'call');
  };
}

/** TensorFlow.js passes a single tensor alone or in a list. */
const withoutList = (given: LayerTensors): LayerTensors =>
  Array.isArray(given) && given.length === 1 ? (given[0] as Tensor) : given;

const inLikeForm = (inputs: LayerTensors, given: Given): Given =>
  Array.isArray(given) && !Array.isArray(inputs) ? [inputs as Tensor] : (inputs as Given);
