import type { LayersModel } from '@tensorflow/tfjs-layers';
import { duringLayer } from '../hooks/current-hook.ts';
import { interposeCall } from './layers/interpose-call.ts';
import { namedLayers } from './layers/parameter-names.ts';

/** Makes errors of the step name the layer they come from. Returns a function that undoes it. */
export function watchLayers(model: LayersModel): () => void {
  const undos = [...namedLayers(model)].map(([name, layer]) =>
    interposeCall(
      layer,
      (next) =>
        (...given) =>
          duringLayer(name, () => next(...given)),
    ),
  );
  return () => undos.forEach((undo) => undo());
}
