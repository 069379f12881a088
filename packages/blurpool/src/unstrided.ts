import { CantripError } from '@cantrip/errors';
import type { layers } from '@tensorflow/tfjs-layers';

type Layer = layers.Layer;

/** The fields of a layer that belong to its calls, and not to what it computes. */
interface Called {
  inboundNodes: unknown[];
  outboundNodes: unknown[];
  _refCount: number | null;
  strides: readonly number[];
  dispose: Layer['dispose'];
}

/**
 * A convolution that moves by 1, with the variables, the name and the settings of a strided one, which stays as it is.
 *
 * TensorFlow.js disposes the variables of a layer when no model uses it. So the new layer counts as one more use of the
 * given one.
 *
 * @throws CantripError MODEL_NOT_REBUILT for a layer whose call was replaced, since that call is the strided one
 */
export function unstrided(who: string, layer: Layer): Layer {
  if (Object.hasOwn(layer, 'call')) throw callReplaced(who, layer);
  const given = layer as unknown as Called;
  const made = Object.assign(Object.create(Object.getPrototypeOf(layer) as object) as Called, layer, {
    inboundNodes: [],
    outboundNodes: [],
    strides: [1, 1],
    dispose: () => layer.dispose(),
  });
  given._refCount = (given._refCount ?? 0) + 1;
  return made as unknown as Layer;
}

function callReplaced(who: string, { name }: Layer): CantripError {
  return new CantripError('MODEL_NOT_REBUILT', {
    who,
    what: `cannot let layer ${name} move by 1, because its call was replaced`,
    fix: 'Set blurFirst: true, or convolutions: false',
  });
}
