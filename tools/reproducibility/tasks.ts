import { arrayDataset, type Dataset, randomCrop, randomFlip, standardization } from '@cantrip/data';
import { layers, type LayersModel, sequential } from '@tensorflow/tfjs-layers';

/** A small training whose ops are of one kind. */
export interface Task {
  readonly model: () => LayersModel;
  readonly data: () => Dataset;
}

const classes = 4;

/** Trainings for the kinds of ops that a promise of equal bits may depend on. */
export const tasks: Readonly<Record<string, Task>> = {
  'dense layers and dropout': {
    model: () =>
      sequential({
        layers: [
          layers.dense({ units: 32, inputShape: [12], activation: 'relu' }),
          layers.dropout({ rate: 0.3 }),
          layers.dense({ units: classes }),
        ],
      }),
    data: () => dataset(48, [12]),
  },
  'convolutions, pools and batch normalization': {
    model: () =>
      sequential({
        layers: [
          // A bias before batch normalization has a gradient of rounding errors, which Adam makes as large as any other.
          layers.conv2d({ filters: 8, kernelSize: 3, inputShape: [12, 12, 3], useBias: false }),
          layers.batchNormalization(),
          layers.activation({ activation: 'relu' }),
          layers.maxPooling2d({ poolSize: 2 }),
          layers.depthwiseConv2d({ kernelSize: 3 }),
          layers.globalAveragePooling2d({}),
          layers.dense({ units: classes }),
        ],
      }),
    data: () => images(48),
  },
  'recurrent layers': {
    model: () =>
      sequential({
        layers: [
          layers.lstm({ units: 8, inputShape: [6, 5], returnSequences: true }),
          layers.gru({ units: 6 }),
          layers.dense({ units: classes }),
        ],
      }),
    data: () => dataset(48, [6, 5]),
  },
  embeddings: {
    model: () =>
      sequential({
        layers: [
          layers.embedding({ inputDim: 20, outputDim: 6, inputLength: 7 }),
          layers.globalAveragePooling1d({}),
          layers.dense({ units: classes }),
        ],
      }),
    data: () => words(48),
  },
};

const targets = (examples: number) => ({
  values: Int32Array.from({ length: examples }, (_, at) => at % classes),
  shape: [examples],
});

function dataset(examples: number, shape: readonly number[]): Dataset {
  const length = examples * shape.reduce((a, b) => a * b, 1);
  const values = Float32Array.from({ length }, (_, at) => Math.sin(at * 1.7));
  return arrayDataset({
    inputs: { values, shape: [examples, ...shape] },
    targets: targets(examples),
    batchSize: 8,
    shuffle: true,
  });
}

function images(examples: number): Dataset {
  const values = Uint8Array.from({ length: examples * 12 * 12 * 3 }, (_, at) => (at * 31) % 251);
  return arrayDataset({
    inputs: { values, shape: [examples, 12, 12, 3] },
    targets: targets(examples),
    batchSize: 8,
    shuffle: true,
    augment: [randomCrop({ padding: 2 }), randomFlip()],
    normalization: standardization({ mean: [0.5, 0.5, 0.5], standardDeviation: [0.25, 0.25, 0.25] }),
  });
}

/** Each example has several words twice, so their gradients are added up. */
function words(examples: number): Dataset {
  const values = Int32Array.from({ length: examples * 7 }, (_, at) => (at * at) % 20);
  return arrayDataset({
    inputs: { values, shape: [examples, 7] },
    targets: targets(examples),
    batchSize: 8,
    shuffle: true,
  });
}
