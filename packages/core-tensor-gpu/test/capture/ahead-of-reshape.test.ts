import { captureStep, openDevice } from '@cantrip/core-tensor-gpu';
import { scattered } from '@cantrip/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { aheadOfReshape } from '../../src/capture/graph/ahead-of-reshape.ts';
import type { GraphOutput } from '../../src/native/api/graph-api.ts';

/** A graph of names: each op adds a line, and an op's result has the line's number. */
function graphOf(shapes: Readonly<Record<string, readonly number[]>>) {
  const lines: string[] = [];
  const names = new Map<bigint, string>();
  const made = (name: string): GraphOutput => {
    const oper = BigInt(names.size + 1);
    names.set(oper, name);
    return { oper, index: 0 };
  };
  const operation = aheadOfReshape(
    { shapeOf: ({ oper }) => ({ dtype: 1, shape: [...(shapes[names.get(oper)!] ?? [])] }) },
    (op, _, inputs) => {
      const name = `${op}(${inputs.map(({ oper }) => names.get(oper)).join(', ')})`;
      lines.push(name);
      return [made(name)];
    },
  );
  return { lines, made, add: (op: string, ...inputs: GraphOutput[]) => operation(op, [], inputs)[0]! };
}

describe('a bias and an activation after the reshape of a product', () => {
  const shapes = {
    'MatMul(x, w)': [6, 4],
    'Reshape(MatMul(x, w), shape)': [2, 3, 4],
    'Relu(x)': [6, 4],
    'Reshape(Relu(x), shape)': [2, 3, 4],
  };
  const given = (from = shapes as Record<string, readonly number[]>) => {
    const graph = graphOf(from);
    const [x, w, shape, bias] = ['x', 'w', 'shape', 'bias'].map(graph.made) as [
      GraphOutput,
      GraphOutput,
      GraphOutput,
      GraphOutput,
    ];
    return { ...graph, x, w, shape, bias };
  };

  it('come before the reshape', () => {
    const { add, lines, x, w, shape, bias } = given();
    add('Relu', add('BiasAdd', add('Reshape', add('MatMul', x, w), shape), bias));
    expect(lines.at(-1)).toBe('Reshape(Relu(BiasAdd(MatMul(x, w), bias)), shape)');
  });

  it('stay after a reshape that changes the last axis', () => {
    const { add, lines, x, w, shape, bias } = given({
      ...shapes,
      'Reshape(MatMul(x, w), shape)': [6, 2, 2],
    });
    add('BiasAdd', add('Reshape', add('MatMul', x, w), shape), bias);
    expect(lines.at(-1)).toBe('BiasAdd(Reshape(MatMul(x, w), shape), bias)');
  });

  it('stay where no product is reshaped', () => {
    const { add, lines, x, shape, bias } = given();
    add('BiasAdd', add('Reshape', add('Relu', x), shape), bias);
    expect(lines.at(-1)).toBe('BiasAdd(Reshape(Relu(x), shape), bias)');
  });

  it('stay where the reshape is the second input', () => {
    const { add, lines, x, w, shape, bias } = given();
    add('BiasAdd', bias, add('Reshape', add('MatMul', x, w), shape));
    expect(lines.at(-1)).toBe('BiasAdd(bias, Reshape(MatMul(x, w), shape))');
  });
});

describe('a captured step with such ops', () => {
  beforeAll(() => openDevice('tensorflow'));

  const activations: Record<string, (x: tf.Tensor) => tf.Tensor> = {
    linear: (x) => x,
    relu: tf.relu,
    relu6: tf.relu6,
    elu: tf.elu,
    leakyRelu: (x) => tf.leakyRelu(x, 0.35),
    sigmoid: tf.sigmoid,
    tanh: tf.tanh,
  };
  const products: Record<string, (x: tf.Tensor, w: tf.Tensor2D) => tf.Tensor> = {
    'dense layer of sequences': (x, w) => tf.reshape(tf.matMul(tf.reshape(x, [-1, 6]), w), [4, 5, 8]),
    '1-D convolution': (x, w) =>
      tf.conv1d(x as tf.Tensor3D, tf.reshape(w, [1, 6, 8]) as tf.Tensor3D, 1, 'same'),
    'product of a transposed matrix': (x, w) =>
      tf.reshape(tf.matMul(tf.transpose(tf.reshape(x, [-1, 6])), w, true), [4, 5, 8]),
    'matrix product of a transposed matrix': (x, w) => tf.matMul(tf.reshape(x, [6, -1]), w, true),
    'product whose last axis is split': (x, w) =>
      tf.reshape(tf.matMul(tf.reshape(x, [-1, 6]), w), [4, 5, 2, 4]),
  };
  /** A bias may have axes of one before its own. */
  const biases: Record<string, number[]> = { C: [-1], '1, C': [1, -1] };
  const cases = Object.keys(products).flatMap((product) =>
    Object.keys(activations).flatMap((activation) =>
      Object.keys(biases).map((bias) => [product, activation, bias] as const),
    ),
  );

  it.each(cases)('%s, %s, bias of [%s]: values and gradients are those op by op', async (...one) => {
    const product = products[one[0]]!;
    const activation = activations[one[1]]!;
    const biasShape = biases[one[2]]!;
    const step = (given: tf.Tensor[]): tf.Tensor[] => {
      const [x, w, b] = given as [tf.Tensor, tf.Tensor, tf.Tensor];
      const outputs = (x: tf.Tensor, w: tf.Tensor, b: tf.Tensor): tf.Tensor => {
        const y = product(x, w as tf.Tensor2D);
        return activation(tf.add(y, tf.reshape(tf.slice(b, 0, y.shape.at(-1)!), biasShape)));
      };
      const loss = (...of: tf.Tensor[]): tf.Scalar => tf.sum(tf.square(outputs(of[0]!, of[1]!, of[2]!)));
      const { value, grads } = tf.valueAndGrads(loss)(given);
      return [outputs(x, w, b), value, ...grads];
    };
    const inputs = [scattered([4, 5, 6], 1), scattered([6, 8], 2), scattered([8], 3)];
    const captured = await captureStep(step).run(inputs);
    step(inputs).forEach((tensor, at) => {
      const [expected, got] = [tensor.dataSync(), captured[at]!.dataSync()];
      expected.forEach((number, i) => expect(got[i]).toBeCloseTo(number, 4));
    });
  });
});
