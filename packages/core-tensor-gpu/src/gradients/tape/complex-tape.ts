import { CantripError } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import { complexRules, linearKernels, type PartGradient } from './complex-rules.ts';

/** What the tape reads of a tensor. */
type Taped = Pick<tf.Tensor, 'id' | 'shape' | 'size' | 'dtype'>;

/** The real and the imaginary part of a complex tensor, as float32 tensors that exist on the tape only. */
interface Parts {
  readonly re: Taped;
  readonly im: Taped;
}

type Tensors = Readonly<Record<string, tf.Tensor>>;
type Gradients = Readonly<Record<string, () => tf.Tensor>>;
type Backwards = (...given: unknown[]) => Gradients;

/** Adds a node to the tape, as tfjs-core's engine does. */
type AddNode = (
  kernel: string,
  inputs: Readonly<Record<string, Taped>>,
  outputs: readonly Taped[],
  gradient: Backwards,
  saved: readonly tf.Tensor[],
  attributes: unknown,
) => void;

const parts = new WeakMap<tf.Tensor, Parts>();

/** The tensors that stand for this tensor on the tape: two for a complex one. */
export function onTape(tensor: tf.Tensor): readonly Taped[] {
  if (tensor.dtype !== 'complex64') return [tensor];
  const { re, im } = partsOf(tensor);
  return [re, im];
}

/** Whether an op has complex inputs or results. */
export const isComplexOp = (inputs: Tensors, outputs: readonly tf.Tensor[]): boolean =>
  outputs.some(isComplex) || Object.values(inputs).some(isComplex);

const isComplex = (tensor: tf.Tensor | null | undefined): boolean => tensor?.dtype === 'complex64';

/**
 * Puts an op of complex numbers on the tape, as an op of their real and imaginary parts.
 *
 * tfjs-core's tape takes float32 gradients only. So each complex tensor is two float32 tensors on it, which have no
 * values. The gradient of a complex number x + iy is that of x and that of y, as in PyTorch.
 *
 * @param stock - the gradient of a copy, which tfjs-core makes of a tensor that it saves
 */
export function addComplexNode(
  add: AddNode,
  kernel: string,
  inputs: Tensors,
  outputs: readonly tf.Tensor[],
  stock: Backwards | undefined,
  saved: readonly tf.Tensor[],
  attributes: unknown,
): void {
  const copies = stock !== undefined && stock !== null && Object.keys(inputs).join() === 'x';
  if (copies || linearKernels.has(kernel)) {
    const gradient = copies ? stock : (tf.getGradient(kernel).gradFunc as unknown as Backwards);
    for (const part of ['re', 'im'] as const) {
      const given = Object.entries(inputs).filter(([, x]) => part === 're' || isComplex(x));
      const ofPart = (x: tf.Tensor): Taped => (isComplex(x) ? partsOf(x)[part] : x);
      const results = outputs.filter((y) => part === 're' || isComplex(y)).map(ofPart);
      const named = Object.fromEntries(given.map(([name, x]) => [name, ofPart(x)]));
      add(partName(kernel), named, results, gradient, saved, attributes);
    }
    return;
  }
  const rule = complexRules[kernel];
  const named = Object.fromEntries(Object.entries(inputs).flatMap(([name, x]) => namedParts(name, x)));
  add(partName(kernel), named, outputs.flatMap(onTape), backwards(kernel, rule), saved, attributes);
}

function namedParts(name: string, x: tf.Tensor): readonly (readonly [string, Taped])[] {
  if (!isComplex(x)) return [[name, x]];
  const { re, im } = partsOf(x);
  return [
    [`${name}.re`, re],
    [`${name}.im`, im],
  ];
}

function backwards(kernel: string, rule: PartGradient | undefined): Backwards {
  return (dy, saved, attributes) => {
    if (rule === undefined) {
      throw new CantripError('OP_NO_GRADIENT', {
        who: kernel,
        what: 'has no gradient for complex numbers',
        fix: 'Compute it from tf.real and tf.imag, with real numbers',
      });
    }
    const gradients = (Array.isArray(dy) ? dy : [dy]) as readonly tf.Tensor[];
    return rule(gradients, saved as readonly tf.Tensor[], attributes as Readonly<Record<string, unknown>>);
  };
}

/** A name without a registered gradient, which the tape would use instead. */
const partName = (kernel: string): string => `${kernel} of complex numbers`;

function partsOf(tensor: tf.Tensor): Parts {
  const known = parts.get(tensor);
  if (known) return known;
  const engine = tf.engine() as unknown as { nextTensorId(): number };
  const { shape, size } = tensor;
  const part = (): Taped => ({ id: engine.nextTensorId(), shape, size, dtype: 'float32' });
  const made = { re: part(), im: part() };
  parts.set(tensor, made);
  return made;
}
