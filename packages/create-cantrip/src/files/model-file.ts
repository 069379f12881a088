import type { FoundData } from '../data/found-data.ts';

/** model.ts: the network. */
export const modelFile = ({ kind }: FoundData): string => (kind === 'images' ? forImages : forRows);

const forImages = `import { layers, sequential } from '@tensorflow/tfjs-layers';

/** A small convolutional network for images of any size. */
export function createModel(inputShape: number[], outputs: number) {
  const model = sequential();
  for (const [at, filters] of [16, 32, 64].entries()) {
    model.add(
      layers.conv2d({ filters, kernelSize: 3, padding: 'same', useBias: false, ...(at === 0 && { inputShape }) }),
    );
    model.add(layers.batchNormalization());
    model.add(layers.activation({ activation: 'relu' }));
    model.add(layers.maxPooling2d({ poolSize: 2, padding: 'same' }));
  }
  model.add(layers.globalAveragePooling2d({}));
  model.add(layers.dense({ units: outputs }));
  return model;
}
`;

const forRows = `import { layers, sequential } from '@tensorflow/tfjs-layers';

/** A small network for rows of numbers. */
export function createModel(inputShape: number[], outputs: number) {
  return sequential({
    layers: [
      layers.dense({ units: 64, activation: 'relu', inputShape }),
      layers.dense({ units: 64, activation: 'relu' }),
      layers.dense({ units: outputs }),
    ],
  });
}
`;
