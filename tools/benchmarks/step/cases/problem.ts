import { fillNormal, fillUniform } from '@cantrip/ops';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { type Case, CLASSES } from './cases.ts';
import { type FileTensor, writeTensors } from './safetensors.ts';

/** Batches that all contenders train on, one after the other and again from the first. */
export const BATCHES = 10;

const SEED = 20;

/** Noise of large images is drawn once for so many numbers, and is the same again behind them. */
const MOST_DRAWN = 2 ** 25;

/**
 * Writes what every contender starts from: `weights/LAYER/WEIGHT` in TensorFlow's layouts, `inputs [10, batch, …]` and
 * `targets [10, batch]`; and a dataset for an epoch, `images [n, …]` as bytes, or the indices of words, and `labels [n]`.
 */
export function writeProblem(path: string, model: LayersModel, oneCase: Case): void {
  const { batch, inputShape, stepsPerEpoch, vocabulary } = oneCase;
  const examples =
    vocabulary === undefined
      ? exampleTensors(BATCHES * batch, inputShape)
      : exampleWords(BATCHES * batch, inputShape, vocabulary);
  const images = stepsPerEpoch * batch;
  writeTensors(path, {
    ...initialWeights(model),
    inputs: { values: examples.values, shape: [BATCHES, batch, ...inputShape] },
    targets: { values: examples.labels, shape: [BATCHES, batch] },
    labels: { values: repeat(examples.labels, images), shape: [images] },
    images: {
      values: repeat(
        toPlain(examples.values.subarray(0, images * product(inputShape))),
        images * product(inputShape),
      ),
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

/** Noise around one pattern for each class, so that there is something to learn. */
function exampleTensors(
  count: number,
  shape: readonly number[],
): { values: Float32Array; labels: Int32Array } {
  const size = product(shape);
  const patterns = new Float32Array(CLASSES * size);
  fillNormal(patterns, { seed: SEED, stream: 'patterns' });
  const values = new Float32Array(count * size);
  fillNormal(values.subarray(0, MOST_DRAWN), { seed: SEED, stream: 'noise' });
  for (let at = MOST_DRAWN; at < values.length; at += MOST_DRAWN) values.copyWithin(at, 0, MOST_DRAWN);
  const labels = exampleLabels(count);
  for (let i = 0; i < values.length; i++) {
    values[i]! += 0.5 * patterns[labels[Math.floor(i / size)]! * size + (i % size)]!;
  }
  return { values, labels };
}

function exampleLabels(count: number): Int32Array {
  const draws = new Float32Array(count);
  fillUniform(draws, { seed: SEED, stream: 'labels' });
  return Int32Array.from(draws, (draw) => Math.floor(draw * CLASSES));
}

/** Half of the words are of the class alone. */
function exampleWords(
  count: number,
  shape: readonly number[],
  vocabulary: number,
): { values: Int32Array; labels: Int32Array } {
  const size = product(shape);
  const draws = new Float32Array(count * size);
  fillUniform(draws, { seed: SEED, stream: 'words' });
  const labels = exampleLabels(count);
  const own = vocabulary / CLASSES;
  const values = Int32Array.from(draws, (draw, i) => {
    const label = labels[Math.floor(i / size)]!;
    return Math.floor(i % 2 === 0 ? draw * vocabulary : (label + draw) * own);
  });
  return { values, labels };
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
