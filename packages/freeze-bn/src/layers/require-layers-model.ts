import { CantripError } from '@cantrip/errors';
import type { Run } from '@cantrip/trainer';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** @throws CantripError MODEL_INVALID if the run's model is a function */
export function requireLayersModel(who: string, { model }: Pick<Run, 'model'>): LayersModel {
  if (typeof model !== 'function') return model;
  throw new CantripError('MODEL_INVALID', {
    who,
    what: 'needs a LayersModel, but the model is a function',
    fix: 'Remove the plugin, and call frozenBatchNorm() in that function',
  });
}
