import type { Pointer } from '../../native/api/c-api.ts';
import type { GraphOutput } from '../../native/api/graph-api.ts';
import type { Graph } from './graph.ts';
import { isProduct } from './product-flop.ts';

/** What TensorFlow fuses with the product before it: ops on each number, and one that adds to the last axis. */
const fused: ReadonlySet<string> = new Set([
  'BiasAdd',
  'Relu',
  'Relu6',
  'Elu',
  'LeakyRelu',
  'Sigmoid',
  'Tanh',
]);

interface Reshaped {
  /** A product, maybe with a bias and an activation. */
  readonly source: GraphOutput;
  readonly shape: GraphOutput;
}

/**
 * Adds operations to a graph, and moves a bias and an activation ahead of the `Reshape` of a product. `tf.layers` computes a
 * dense layer of sequences as a product of matrices, and a 1-D convolution as a 2-D one, and then reshapes the result.
 * TensorFlow fuses only what follows the product itself. The values are the same, because the last axis stays.
 */
export function aheadOfReshape(
  graph: Pick<Graph, 'shapeOf'>,
  operation: Graph['operation'],
): Graph['operation'] {
  const products = new Set<Pointer>();
  const reshaped = new Map<Pointer, Reshaped>();
  const lastAxis = (output: GraphOutput): number | undefined => graph.shapeOf(output, 'Reshape').shape.at(-1);

  return (op, attributes, inputs) => {
    const [first, ...others] = inputs;
    const before = fused.has(op) ? reshaped.get(first!.oper) : undefined;
    const made = operation(op, attributes, before ? [before.source, ...others] : inputs);
    const [output] = made;
    if (before) {
      const [result] = operation('Reshape', [], [output!, before.shape]);
      reshaped.set(result!.oper, { source: output!, shape: before.shape });
      return [result!];
    }
    if (isProduct(op)) products.add(output!.oper);
    else if (op === 'Reshape' && products.has(first!.oper) && lastAxis(first!) === lastAxis(output!)) {
      reshaped.set(output!.oper, { source: first!, shape: others[0]! });
    }
    return made;
  };
}
