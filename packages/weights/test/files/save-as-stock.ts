import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** Writes the two files that `model.save('file://…')` of tfjs-node writes. */
export async function saveAsStock(model: LayersModel, folder: string): Promise<void> {
  await model.save({
    save: (artifacts) => {
      const { weightData, weightSpecs } = artifacts;
      const { modelTopology, format, generatedBy, convertedBy } = artifacts;
      const weightsManifest = [{ paths: ['weights.bin'], weights: weightSpecs }];
      const json = { modelTopology, weightsManifest, format, generatedBy, convertedBy };
      writeFileSync(join(folder, 'weights.bin'), Buffer.from(weightData as ArrayBuffer));
      writeFileSync(join(folder, 'model.json'), JSON.stringify(json));
      return Promise.resolve({ modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) });
    },
  });
}
