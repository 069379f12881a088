import * as tf from '@tensorflow/tfjs-core';
import { createGraph } from '../../../packages/core-tensor-gpu/src/capture/graph.ts';
import { packOutputs } from '../../../packages/core-tensor-gpu/src/capture/graph.ts';
import type { GraphOutput } from '../../../packages/core-tensor-gpu/src/native/graph-api.ts';
import { check } from '../../../packages/core-tensor-gpu/src/native/native-library.ts';
import type { NativeBackend } from '../../../packages/core-tensor-gpu/src/native/upstream/upstream.ts';

const resourceType = 20;

/** A TensorFlow function of one `ResourceApplyKerasMomentum` for each parameter, and a call of it. */
export function resourceUpdate(
  shapes: readonly number[][],
  { learningRate, momentum }: { readonly learningRate: number; readonly momentum: number },
): () => void {
  const { binding } = tf.backend() as NativeBackend;
  const { library, context } = binding;
  const { api, graph: graphApi, status } = library;
  const graph = createGraph(library);
  const numbers = [learningRate, momentum].map((value) => tf.scalar(value));
  const gradients = shapes.map((shape) => tf.randomNormal(shape));
  const handles = [
    ...numbers.map(handleOf),
    ...shapes.flatMap((shape, i) => [variable(shape), variable(shape), handleOf(gradients[i]!)]),
  ];
  const [rate, weight] = numbers.map(() => graph.placeholder(binding.TF_FLOAT, []));
  const ports = shapes.map((shape) => [
    graph.placeholder(resourceType, []),
    graph.placeholder(resourceType, []),
    graph.placeholder(binding.TF_FLOAT, shape),
  ]);
  const updates = ports.map(([parameter, velocity, gradient], i) =>
    operation(`update_${i}`, [parameter!, velocity!, rate!, gradient!, weight!]),
  );
  const done = graph.operation('Identity', [], [rate!])[0]!;
  const name = `resource_update_${shapes.length}`;
  const operations = [...updates, done.oper];
  const inputs = [rate!, weight!, ...ports.flat()] as GraphOutput[];
  const fn = graphApi.toFunction(
    graph.pointer,
    name,
    0,
    operations.length,
    BigUint64Array.from(operations),
    inputs.length,
    packOutputs(inputs),
    1,
    packOutputs([done]),
    null,
    0,
    null,
    null,
    null,
    null,
    status,
  );
  check(library, 'TF_GraphToFunction');
  graphApi.addFunction(context.pointer, fn, status);
  check(library, 'TFE_ContextAddFunction');

  return () => {
    const op = api.newOp(context.pointer, library.name(name), status);
    for (const handle of handles) api.addInput(op, handle, status);
    const results = new BigUint64Array(1);
    api.execute(op, results, Int32Array.of(1), status);
    check(library, name);
    api.deleteOp(op);
    api.deleteHandle(results[0]!);
  };

  function operation(label: string, given: readonly GraphOutput[]): bigint {
    const description = graphApi.newOperation(
      graph.pointer,
      library.name('ResourceApplyKerasMomentum'),
      label,
    );
    for (const input of given) graphApi.addInput(description, input);
    const oper = graphApi.finishOperation(description, status);
    check(library, label);
    return oper as bigint;
  }

  function handleOf(x: tf.Tensor): bigint {
    return binding.handleOf((tf.backend() as NativeBackend).getInputTensorIds([x])[0]!, 'bench') as bigint;
  }

  /** A variable of TensorFlow's own, without a name that another could have. */
  function variable(shape: readonly number[]): bigint {
    const attributes = [
      { name: 'dtype', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
      { name: 'shape', type: binding.TF_ATTR_SHAPE, value: shape },
      { name: 'shared_name', type: binding.TF_ATTR_STRING, value: `variable_${serial++}` },
    ] as const;
    const [made] = binding.executeOp('VarHandleOp', attributes, [], 1);
    const value = (tf.backend() as NativeBackend).getInputTensorIds([tf.randomNormal([...shape])])[0]!;
    const type = { name: 'dtype', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT } as const;
    binding.executeOp('AssignVariableOp', [type], [made!.id, value], 0);
    return binding.handleOf(made!.id, 'bench') as bigint;
  }
}

let serial = 0;
