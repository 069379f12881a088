import type { LayersModel } from '@tensorflow/tfjs-layers';
import { duringLayer } from '../hooks/current-hook.ts';
import { interposeCall } from './layers/interpose-call.ts';
import { namedLayers } from './layers/parameter-names.ts';

/** Lets messages about the step say which layer they are about; returns how to undo it. */
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
