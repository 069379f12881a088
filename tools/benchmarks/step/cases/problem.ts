import { fillNormal } from '@cantrip/ops';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Case } from './cases.ts';
import { examplesOf, SEED } from './examples.ts';
import { type FileTensor, writeTensors } from './safetensors.ts';

/** Batches that all contenders train on, one after the other and again from the first. */
export const BATCHES = 10;

/**
 * Writes what every contender starts from: `weights/LAYER/WEIGHT` in TensorFlow's layouts, `inputs [10, batch, …]` and
 * `targets [10, batch, …]`; and a dataset for an epoch, `images [n, …]` as bytes, or the indices of words, and `labels
 * [n, …]`. A target is one class, or one for each step of a sequence.
 */
export function writeProblem(path: string, model: LayersModel, oneCase: Case): void {
  const { batch, inputShape, targetShape = [], stepsPerEpoch } = oneCase;
  const { values, labels } = examplesOf(oneCase, BATCHES * batch);
  const images = stepsPerEpoch * batch;
  const [inputSize, targetSize] = [product(inputShape), product(targetShape)];
  writeTensors(path, {
    ...initialWeights(model),
    inputs: { values, shape: [BATCHES, batch, ...inputShape] },
    targets: { values: labels, shape: [BATCHES, batch, ...targetShape] },
    labels: { values: repeat(labels, images * targetSize), shape: [images, ...targetShape] },
    images: {
      values: repeat(toPlain(values.subarray(0, images * inputSize)), images * inputSize),
      shape: [images, ...inputShape],
    },
  });
}

/** He's normal numbers for kernels, small ones for embeddings, ones for gamma and zeros for the rest; moving statistics are left out. */
function initialWeights(model: LayersModel): Record<string, FileTensor> {
  const tensors: Record<string, FileTensor> = {};
  for (const weight of model.trainableWeights) {
    const { originalName: name } = weight;
    const shape = weight.shape.map(Number);
    tensors[`weights/${name}`] = { values: initialValues(name, shape), shape };
  }
  return tensors;
}

function initialValues(name: string, shape: readonly number[]): Float32Array {
  const size = product(shape);
  if (name.endsWith('/gamma')) return new Float32Array(size).fill(1);
  const values = new Float32Array(size);
  if (!/(kernel|embeddings)$/.test(name)) return values;
  fillNormal(values, { seed: SEED, stream: name });
  if (name.endsWith('embeddings')) return values.map((value) => value / 4);
  const fanIn = name.endsWith('/depthwise_kernel') ? 9 : size / shape.at(-1)!;
  return values.map((value) => value * Math.sqrt(2 / fanIn));
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
