import * as tf from '@tensorflow/tfjs-core';
import { absentGradient } from './absent-gradient.ts';
import { unbroadcast } from './unbroadcast.ts';

interface TapeNode {
  readonly outputs: readonly tf.Tensor[];
}

/** What tfjs-core's types leave out. */
interface TapedEngine {
  readonly state: { readonly activeTape: TapeNode[] | null };
  addTapeNode: ((...node: unknown[]) => void) & { readonly ordered?: boolean };
  getTensorsForGradient: (...kernel: unknown[]) => (tf.Tensor | undefined)[];
}

type Backwards = (...given: unknown[]) => Readonly<Record<string, () => tf.Tensor>>;

/** Where an op's gradient and its saved tensors stand among what is given of it. */
const [backwards, savedTensors] = [3, 4];

/**
 * Makes gradients that were computed from a saved output right when they are differentiated again.
 *
 * tfjs-core saves a copy of an output, and writes the copy on its tape before the op. Going back over the tape it is
 * through with the op when it comes to the copy, so that what flows back to the copy is lost, without a word: the second
 * derivative of `exp` is off, those of `sigmoid`, `tanh`, `softmax` and of whoever saves an output likewise. Here the copies
 * of an op go behind it.
 *
 * An op without a gradient says so in our one sentence. `tf.fused.matMul` gives what flows back to matrices that broadcast
 * in the shape that they were broadcast to; here it is added up.
 *
 * An input that an op was not given, as a batch normalisation's scale, is left out; tfjs-core throws.
 *
 * Calling it again changes nothing.
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
  // tfjs-core takes a registered gradient itself.
  if (stock === undefined || stock === null) {
    return () => {
      throw absentGradient(kernel);
    };
  }
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

function present(inputs: Tensors): unknown {
  return Object.values(inputs).every((input) => input != null)
    ? inputs
    : Object.fromEntries(Object.entries(inputs).filter(([, input]) => input != null));
}

/** Moves the copies, which stand just before the last node, behind it. */
function putBehind(tape: TapeNode[], saved: ReadonlySet<tf.Tensor>): void {
  const isCopy = (at: number): boolean => tape[at]!.outputs.some((output) => saved.has(output));
  let first = tape.length - 1;
  while (first > 0 && isCopy(first - 1)) first--;
  const copies = tape.splice(first, tape.length - 1 - first);
  tape.push(...copies);
}
