import type { ModelFunction } from '@cantrip/trainer';
import type * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { decoder } from './decoder.ts';
import { decoderFunction } from './decoder-function.ts';
import { efficientNetLite0, resnet50 } from './large-models.ts';
import { mlp, mobilenet, resnet20, smallCnn } from './models.ts';
import { bagOfWords, gruLanguageModel, lstm, textCnn } from './sequence-models.ts';

/** One model with its data and its optimizer: what all contenders train. */
export interface Case {
  readonly name: string;
  readonly title: string;
  /** The peers' own copy of the network is found under this name. */
  readonly network: string;
  readonly model: () => LayersModel;
  /** Cantrip's trainer takes this function of ops instead of the layers. */
  readonly asFunction?: (weightOf: (name: string) => tf.Tensor) => ModelFunction;
  readonly inputShape: readonly number[];
  /** The inputs are indices below this number instead of numbers. */
  readonly vocabulary?: number;
  /** The shape of an example's target; one class by default. */
  readonly targetShape?: readonly number[];
  /** Batch normalisations keep their weights and normalise with their moving statistics: fine-tuning of small batches. */
  readonly frozenBatchNorm?: boolean;
  readonly batch: number;
  /** Of SGD; {@link MOMENTUM} by default. */
  readonly momentum?: number;
  /** So low that rounding alone does not part the losses within ten steps. */
  readonly learningRate: number;
  /** Steps that a contender makes in one turn: a third of a second or so for the fastest. */
  readonly steps: number;
  /** Steps in an epoch of its dataset. */
  readonly stepsPerEpoch: number;
}

export const CLASSES = 10;
export const MOMENTUM = 0.9;

export const cases: readonly Case[] = [
  {
    name: 'resnet20',
    title: 'ResNet-20, 28x28x1, batch 64',
    network: 'resnet20',
    model: resnet20,
    inputShape: [28, 28, 1],
    batch: 64,
    learningRate: 0.002,
    steps: 4,
    stepsPerEpoch: 20,
  },
  {
    name: 'cnn',
    title: 'small CNN (2 convolutions), 28x28x1, batch 128',
    network: 'small_cnn',
    model: smallCnn,
    inputShape: [28, 28, 1],
    batch: 128,
    learningRate: 0.001,
    steps: 12,
    stepsPerEpoch: 50,
  },
  {
    name: 'mlp',
    title: 'MLP 784-256-10, batch 128',
    network: 'mlp',
    model: mlp,
    inputShape: [784],
    batch: 128,
    learningRate: 0.005,
    steps: 250,
    stepsPerEpoch: 470,
  },
  {
    name: 'mobilenet',
    title: 'MobileNet-style depthwise network, 32x32x3, batch 32',
    network: 'mobilenet',
    model: mobilenet,
    inputShape: [32, 32, 3],
    batch: 32,
    learningRate: 0.002,
    steps: 3,
    stepsPerEpoch: 15,
  },
  {
    name: 'fine-tuning',
    title: 'ResNet-20, 28x28x1, batch 4',
    network: 'resnet20',
    model: resnet20,
    inputShape: [28, 28, 1],
    batch: 4,
    learningRate: 0.0005,
    steps: 20,
    stepsPerEpoch: 80,
  },
  {
    name: 'lstm',
    title: 'LSTM, 50 steps of 32, 64 units, batch 64',
    network: 'lstm',
    model: lstm,
    inputShape: [50, 32],
    batch: 64,
    learningRate: 0.005,
    steps: 40,
    stepsPerEpoch: 100,
  },
  {
    name: 'text-cnn',
    title: 'text classifier, embedding 10,000 x 64 and a 1-D convolution, 100 words, batch 64',
    network: 'text_cnn',
    model: textCnn,
    inputShape: [100],
    vocabulary: 10_000,
    batch: 64,
    learningRate: 0.005,
    steps: 20,
    stepsPerEpoch: 60,
  },
  {
    name: 'gru-lm',
    title: 'GRU language model, embedding 10,000 x 128, 35 steps of 128 units, batch 32',
    network: 'gru_language_model',
    model: gruLanguageModel,
    inputShape: [35],
    vocabulary: 10_000,
    targetShape: [35],
    batch: 32,
    learningRate: 0.05,
    steps: 4,
    stepsPerEpoch: 20,
  },
  {
    name: 'decoder',
    title: 'decoder-only transformer, 2 layers of 128, 4 heads, 64 of 1,000 words, batch 16',
    network: 'decoder',
    model: decoder,
    inputShape: [64],
    vocabulary: 1000,
    targetShape: [64],
    batch: 16,
    learningRate: 0.01,
    steps: 12,
    stepsPerEpoch: 40,
  },
  {
    name: 'decoder-function',
    title: 'the same transformer as a function of ops, 2 layers of 128, 4 heads, 64 of 1,000 words, batch 16',
    network: 'decoder',
    model: decoder,
    asFunction: decoderFunction,
    inputShape: [64],
    vocabulary: 1000,
    targetShape: [64],
    batch: 16,
    learningRate: 0.01,
    steps: 12,
    stepsPerEpoch: 40,
  },
  {
    name: 'embedding',
    title: 'mean of an embedding 50,000 x 256, 32 words, batch 64, SGD without momentum',
    network: 'bag_of_words',
    model: bagOfWords,
    inputShape: [32],
    vocabulary: 50_000,
    batch: 64,
    momentum: 0,
    learningRate: 0.5,
    steps: 40,
    stepsPerEpoch: 100,
  },
  {
    name: 'resnet50-b4',
    title: 'ResNet-50 with frozen batch normalisation, 224x224x3, batch 4',
    network: 'resnet50',
    model: resnet50,
    inputShape: [224, 224, 3],
    frozenBatchNorm: true,
    batch: 4,
    learningRate: 0.0001,
    steps: 1,
    stepsPerEpoch: 2,
  },
  {
    name: 'efficientnet-lite0',
    title: 'EfficientNet-Lite0, 224x224x3, batch 8',
    network: 'efficientnet_lite0',
    model: efficientNetLite0,
    inputShape: [224, 224, 3],
    batch: 8,
    learningRate: 0.00002,
    steps: 1,
    stepsPerEpoch: 2,
  },
];
