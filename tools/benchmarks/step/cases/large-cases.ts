import { type Case, cases } from './cases.ts';
import { resnet50, transformer } from './large-models.ts';

const resnet = (batch: number): Case => ({
  name: `resnet50-${batch}`,
  title: `ResNet-50, 224x224x3, batch ${batch}`,
  network: 'resnet50',
  model: resnet50,
  inputShape: [224, 224, 3],
  batch,
  learningRate: 1e-6,
  steps: Math.ceil(512 / batch),
  stepsPerEpoch: 1,
});

/** What takes too long without a card. */
const largeCases: readonly Case[] = [
  resnet(64),
  resnet(256),
  {
    name: 'transformer',
    title: 'Transformer of 12 layers, width 512, 128 places, batch 32',
    network: 'transformer',
    model: transformer,
    inputShape: [128, 64],
    batch: 32,
    learningRate: 1e-5,
    steps: 10,
    stepsPerEpoch: 1,
  },
];

export const everyCase: readonly Case[] = [...cases, ...largeCases];
