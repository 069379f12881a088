import * as tf from '@tensorflow/tfjs-core';
import { absentGradient } from './absent-gradient.ts';
import { unbroadcast } from './unbroadcast.ts';

interface TapeNode {
  readonly outputs: readonly tf.Tensor[];
}

/** The parts of the engine that tfjs-core's types leave out. */
interface TapedEngine {
  readonly state: { readonly activeTape: TapeNode[] | null };
  addTapeNode: ((...node: unknown[]) => void) & { readonly ordered?: boolean };
  getTensorsForGradient: (...kernel: unknown[]) => (tf.Tensor | undefined)[];
}

type Backwards = (...given: unknown[]) => Readonly<Record<string, () => tf.Tensor>>;

/** The positions of an op's gradient and its saved tensors in the arguments. */
const [backwards, savedTensors] = [3, 4];

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
 * - An input that an op did not get, such as the scale of a batch normalisation, is left out. tfjs-core throws.
 *
 * A second call has no effect.
 */
export function correctTape(): void {
  const engine = tf.engine() as unknown as TapedEngine;
  if (engine.addTapeNode.ordered === true) return;
  const addTapeNode = engine.addTapeNode.bind(engine);
  const addInOrder = (...node: unknown[]): void => {
    const [kernel, inputs, ...rest] = node;
    rest[backwards - 2] = corrected(kernel as string, inputs as Tensors, node[backwards] as Backwards);
    addTapeNode(kernel, present(inputs as Tensors), ...rest);
    const saved = node[savedTensors] as readonly tf.Tensor[];
    const tape = engine.state.activeTape;
    if (tape !== null && saved.length > 0) putBehind(tape, new Set(saved));
  };
  engine.addTapeNode = Object.assign(addInOrder, { ordered: true });
  const tensorsOf = engine.getTensorsForGradient.bind(engine);
  engine.getTensorsForGradient = (...kernel) => tensorsOf(...kernel).filter((tensor) => tensor != null);
}

type Tensors = Readonly<Record<string, tf.Tensor | undefined>>;

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

const convolutions = ['fusedConv2d__op', 'fusedDepthwiseConv2d__op'];

/** An image alone as a batch of one. tfjs-core differentiates the batch, but gives back the image. */
const asBatch = (dy: tf.Tensor): tf.Tensor => (dy.rank === 3 ? tf.expandDims(dy) : dy);

function present(inputs: Tensors): unknown {
  return Object.values(inputs).every((input) => input != null)
    ? inputs
    : Object.fromEntries(Object.entries(inputs).filter(([, input]) => input != null));
}

/** Moves the copies, which are just before the last node, behind it. */
function putBehind(tape: TapeNode[], saved: ReadonlySet<tf.Tensor>): void {
  const isCopy = (at: number): boolean => tape[at]!.outputs.some((output) => saved.has(output));
  let first = tape.length - 1;
  while (first > 0 && isCopy(first - 1)) first--;
  const copies = tape.splice(first, tape.length - 1 - first);
  tape.push(...copies);
}
