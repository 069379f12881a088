import type { LayersModel } from '@tensorflow/tfjs-layers';

/**
 * Whether a value is a LayersModel. An instanceof check would fail for a second copy of tfjs-layers, so this checks
 * its methods.
 */
export function isLayersModel(value: unknown): value is LayersModel {
  return (
    typeof value === 'object' &&
    value !== null &&
    'layers' in value &&
    'apply' in value &&
    'outputNames' in value &&
    'trainableWeights' in value
  );
}
