import { CantripError } from '@cantrip/errors';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { namedLayers } from '@cantrip/plugin-kit';
import { duringLayer } from '../hooks/current-hook.ts';
import { interposeCall } from './layers/interpose-call.ts';

/** Makes errors of the step name the layer they come from. Returns a function that undoes it. */
export function watchLayers(model: LayersModel): () => void {
  const undos = [...namedLayers(model)].map(([name, layer]) =>
    interposeCall(
      layer,
      (next) =>
        (...given) =>
          duringLayer(name, () => requireNow(name, next(...given))),
    ),
  );
  return () => undos.forEach((undo) => undo());
}

function requireNow<T>(name: string, result: T): T {
  if (!(result instanceof Promise)) return result;
  // The error below is told; that of the promise would end the process.
  result.catch(() => undefined);
  throw new CantripError('MODEL_INVALID', {
    who: 'trainer',
    what: `the call of layer ${name} returned a promise, but the step does not wait`,
    fix: 'Return a tensor, from a call that is not async',
  });
}
