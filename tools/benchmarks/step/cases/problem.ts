import { fillNormal } from '@cantrip/ops';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Case } from './cases.ts';
import { examplesOf, SEED } from './examples.ts';
import { trainedAndFrozen } from './frozen.ts';
import { type FileTensor, writeTensors } from './safetensors.ts';

/** Batches that all contenders train on, one after the other and again from the first. */
export const BATCHES = 10;

/**
 * Writes what every contender starts from: `weights/LAYER/WEIGHT` in TensorFlow's layouts, `frozen/LAYER/WEIGHT` for what is not trained, `inputs [10, batch, …]` and
 * `targets [10, batch, …]`; and a dataset for an epoch, `images [n, …]` as bytes, or the indices of words, and `labels
 * [n, …]`. A target is one class, or one for each step of a sequence.
 */
export function writeProblem(path: string, model: LayersModel, oneCase: Case): void {
  const { batch, inputShape, targetShape = [], stepsPerEpoch } = oneCase;
  const { values, labels } = examplesOf(oneCase, BATCHES * batch);
  const images = stepsPerEpoch * batch;
  const [inputSize, targetSize] = [product(inputShape), product(targetShape)];
  writeTensors(path, {
    ...initialWeights(model, oneCase),
    inputs: { values, shape: [BATCHES, batch, ...inputShape] },
    targets: { values: labels, shape: [BATCHES, batch, ...targetShape] },
    labels: { values: repeat(labels, images * targetSize), shape: [images, ...targetShape] },
    images: {
      values: repeat(toPlain(values.subarray(0, images * inputSize)), images * inputSize),
      shape: [images, ...inputShape],
    },
  });
}

function initialWeights(model: LayersModel, oneCase: Case): Record<string, FileTensor> {
  const { trained, frozen } = trainedAndFrozen(model, oneCase);
  const tensors: Record<string, FileTensor> = {};
  for (const { originalName: name, shape } of trained) {
    tensors[`weights/${name}`] = { values: initialValues(name, shape.map(Number)), shape: shape.map(Number) };
  }
  for (const { originalName: name, shape } of frozen) {
    tensors[`frozen/${name}`] = {
      values: frozenValues(name, product(shape.map(Number))),
      shape: shape.map(Number),
    };
  }
  return tensors;
}

/** He's normal numbers for kernels, small ones for embeddings, ones for gamma and zeros for the rest. */
function initialValues(name: string, shape: readonly number[]): Float32Array {
  const size = product(shape);
  if (name.endsWith('/gamma')) return new Float32Array(size).fill(1);
  if (!/(kernel|embeddings)$/.test(name)) return new Float32Array(size);
  const values = normalValues(name, size);
  if (name.endsWith('embeddings')) return values.map((value) => value / 4);
  const fanIn = name.endsWith('/depthwise_kernel') ? shape[0]! * shape[1]! : size / shape.at(-1)!;
  return values.map((value) => value * Math.sqrt(2 / fanIn));
}

/** Around such a variance the outputs of residual blocks neither grow nor vanish; no two numbers are the same. */
const FROZEN_MEANS: readonly (readonly [name: string, mean: number])[] = [
  ['/gamma', 1],
  ['/moving_variance', 2],
];

function frozenValues(name: string, size: number): Float32Array {
  const [, mean = 0] = FROZEN_MEANS.find(([end]) => name.endsWith(end)) ?? [];
  return normalValues(name, size).map((value) => mean + value / 10);
}

function normalValues(name: string, size: number): Float32Array {
  const values = new Float32Array(size);
  fillNormal(values, { seed: SEED, stream: name });
  return values;
}

/** Images of mean 127.5, most of them within 0 to 255. Words stay what they are. */
function toPlain(values: Float32Array | Int32Array): Uint8Array | Int32Array {
  if (values instanceof Int32Array) return values;
  return Uint8Array.from(values, (value) => Math.min(255, Math.max(0, 127.5 + 40 * value)));
}

/** The same values again and again, until there are so many: an epoch takes as long with them as with others. */
function repeat<T extends Int32Array | Uint8Array>(values: T, length: number): T {
  const repeated = new (values.constructor as new (length: number) => T)(length);
  for (let i = 0; i < length; i++) repeated[i] = values[i % values.length]!;
  return repeated;
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((result, size) => result * size, 1);
}
