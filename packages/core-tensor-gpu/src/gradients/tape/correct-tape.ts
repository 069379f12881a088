import { CantripError } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import { absentGradient } from './absent-gradient.ts';
import { addComplexNode, isComplexOp, onTape } from './complex-tape.ts';
import { unbroadcast } from './unbroadcast.ts';

interface TapeNode {
  readonly outputs: readonly unknown[];
}

/** The parts of the engine that tfjs-core's types leave out. */
interface TapedEngine {
  readonly state: { readonly activeTape: TapeNode[] | null };
  addTapeNode: ((...node: unknown[]) => void) & { readonly ordered?: boolean };
  gradients: (f: () => tf.Tensor, xs: readonly tf.Tensor[], ...rest: unknown[]) => unknown;
  getTensorsForGradient: (...kernel: unknown[]) => (tf.Tensor | undefined)[];
}

type Backwards = (...given: unknown[]) => Readonly<Record<string, () => tf.Tensor>>;
type Tensors = Readonly<Record<string, tf.Tensor | undefined>>;
type NodeParts = [
  kernel: string,
  inputs: Tensors,
  outputs: readonly tf.Tensor[],
  stock: Backwards | undefined,
  saved: readonly tf.Tensor[],
  attributes: unknown,
];

/**
 * Corrects tfjs-core's tape, so that second derivatives through a saved output are right.
 *
 * tfjs-core saves a copy of an output, and records the copy on its tape before the op. The backward pass reaches the copy only
 * after the op, so the gradient of the copy is silently lost. This makes the second derivative of `exp` wrong, and those of
 * `sigmoid`, `tanh`, `softmax` and every op that saves an output. Here the copies are recorded after the op.
 *
 * It also does this:
 *
 * - An op without a gradient throws OP_NO_GRADIENT.
 * - The gradient of a fused convolution of one image without a batch axis. tfjs-core throws.
 * - The gradient of `tf.fused.matMul` for matrices that broadcast is summed to their shape. tfjs-core leaves out the sum.
 * - Complex numbers have gradients: see {@link addComplexNode}.
 * - An input that an op did not get, such as the scale of a batch normalisation, is left out. tfjs-core throws.
 *
 * A second call has no effect.
 */
export function correctTape(): void {
  const engine = tf.engine() as unknown as TapedEngine;
  if (engine.addTapeNode.ordered === true) return;
  const addTapeNode = engine.addTapeNode.bind(engine);
  const addInOrder = (...node: unknown[]): void => {
    const [kernel, inputs, outputs, stock, saved, attributes] = node as NodeParts;
    const given = present(inputs);
    const tape = engine.state.activeTape;
    const first = tape?.length ?? 0;
    if (isComplexOp(given, outputs)) {
      addComplexNode(addTapeNode, kernel, given, outputs, stock, saved, attributes);
    } else {
      addTapeNode(kernel, given, outputs, corrected(kernel, inputs, stock), saved, attributes);
    }
    if (tape !== null && saved.length > 0) putBehind(tape, first, new Set(saved.flatMap(onTape)));
  };
  engine.addTapeNode = Object.assign(addInOrder, { ordered: true });
  const tensorsOf = engine.getTensorsForGradient.bind(engine);
  engine.getTensorsForGradient = (...kernel) => tensorsOf(...kernel).filter((tensor) => tensor != null);
  const gradients = engine.gradients.bind(engine);
  engine.gradients = (f, xs, ...rest) => {
    xs.forEach((x) => requireReal('an input', x));
    const real = (): tf.Tensor => {
      const y = f();
      if (y instanceof tf.Tensor) requireReal('the result', y);
      return y;
    };
    return gradients(real, xs, ...rest);
  };
}

function corrected(kernel: string, inputs: Tensors, stock: Backwards | undefined): Backwards {
  // tfjs-core itself uses a registered gradient.
  if (stock === undefined || stock === null) {
    return () => {
      throw absentGradient(kernel);
    };
  }
  if (convolutions.includes(kernel)) return (dy, ...rest) => stock(asBatch(dy as tf.Tensor), ...rest);
  if (kernel !== 'fusedMatMul__op') return stock;
  return (...given) =>
    Object.fromEntries(
      Object.entries(stock(...given)).map(([name, gradient]) => [
        name,
        () => {
          const dx = gradient();
          const { shape } = inputs[name]!;
          return tf.util.arraysEqual(dx.shape, shape) ? dx : unbroadcast(dx, shape);
        },
      ]),
    );
}

/** tfjs-core takes and gives float32 gradients only. */
function requireReal(what: string, { dtype }: tf.Tensor): void {
  if (dtype !== 'complex64') return;
  throw new CantripError('DTYPE_MISMATCH', {
    who: 'tf.grad',
    what: `differentiates real numbers, but ${what} is a complex64 tensor`,
    fix: 'Differentiate with regard to the real and the imaginary part, and join them with tf.complex inside the function',
  });
}

const convolutions = ['fusedConv2d__op', 'fusedDepthwiseConv2d__op'];

/** An image alone as a batch of one. tfjs-core differentiates the batch, but gives back the image. */
const asBatch = (dy: tf.Tensor): tf.Tensor => (dy.rank === 3 ? tf.expandDims(dy) : dy);

function present(inputs: Tensors): Readonly<Record<string, tf.Tensor>> {
  const given = Object.entries(inputs).filter(([, input]) => input != null);
  return (given.length === Object.keys(inputs).length ? inputs : Object.fromEntries(given)) as Readonly<
    Record<string, tf.Tensor>
  >;
}

/** Moves the copies, which are just before the nodes from `first` on, behind them. */
function putBehind(tape: TapeNode[], first: number, saved: ReadonlySet<unknown>): void {
  const isCopy = (at: number): boolean => tape[at]!.outputs.some((output) => saved.has(output));
  let from = first;
  while (from > 0 && isCopy(from - 1)) from--;
  tape.push(...tape.splice(from, first - from));
}
