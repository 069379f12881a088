import * as tf from '@tensorflow/tfjs-core';
import { defineFunction } from '../../../../packages/core-tensor-gpu/src/capture/graph/captured-function.ts';
import { createGraph, typeAttribute } from '../../../../packages/core-tensor-gpu/src/capture/graph/graph.ts';
import type { GraphOutput } from '../../../../packages/core-tensor-gpu/src/native/api/graph-api.ts';
import type { NativeBackend } from '../../../../packages/core-tensor-gpu/src/native/upstream/upstream.ts';
import { hyperparameters, type UpdateProblem, type UpdateWay } from './update-ways.ts';

/**
 * TensorFlow's own updates, on variables of its own: a function of one `ResourceApplyMomentum` or `ResourceApplyAdam`
 * for each parameter, and nothing around it.
 */
export function resource({ rule, parameters, gradients }: UpdateProblem): UpdateWay {
  const backend = tf.backend() as NativeBackend;
  const { binding } = backend;
  const graph = createGraph(binding.library);
  const dtype = typeAttribute('dtype', binding.TF_FLOAT);
  const inputs: { readonly port: GraphOutput; readonly id: number }[] = [];
  const effects: bigint[] = [];

  function argument(type: number, shape: readonly number[], id: number): GraphOutput {
    const port = graph.placeholder(type, shape);
    inputs.push({ port, id });
    return port;
  }

  function fed(x: tf.Tensor): GraphOutput {
    return argument(binding.TF_FLOAT, x.shape, backend.getInputTensorIds([x])[0]!);
  }

  /** A variable without a name that another could have. */
  function variable(value: tf.Tensor): { readonly id: number; readonly port: GraphOutput } {
    const attributes = [
      dtype,
      { name: 'shape', type: binding.TF_ATTR_SHAPE, value: value.shape },
      { name: 'shared_name', type: binding.TF_ATTR_STRING, value: `bench_variable_${serial++}` },
    ] as const;
    const { id } = binding.executeOp('VarHandleOp', attributes, [], 1)[0]!;
    binding.executeOp('AssignVariableOp', [dtype], [id, backend.getInputTensorIds([value])[0]!], 0);
    return { id, port: argument(binding.TF_RESOURCE, [], id) };
  }

  /** A power of Adam's: as it is before the call, and multiplied for the next one. */
  function power(beta: GraphOutput, first: number): GraphOutput {
    const { port } = variable(tf.scalar(first));
    const now = graph.stateful('ReadVariableOp', [dtype], [port], []).outputs[0]!;
    graph.setShape(now, []);
    const next = graph.operation('Mul', [], [now, beta])[0]!;
    effects.push(graph.stateful('AssignVariableOp', [dtype], [port, next], []).oper);
    return now;
  }

  const number = (name: keyof typeof hyperparameters): GraphOutput => fed(tf.scalar(hyperparameters[name]));
  const slot = ({ shape }: tf.Tensor): GraphOutput => variable(tf.zeros(shape)).port;
  const apply = (op: string, given: readonly GraphOutput[]): void =>
    void effects.push(graph.stateful(op, [], given, []).oper);
  const variables = parameters.map((parameter, i) => ({
    ...variable(parameter),
    gradient: fed(gradients[i]!),
    slots: rule === 'adam' ? [slot(parameter), slot(parameter)] : [slot(parameter)],
  }));
  const rate = number('learningRate');
  if (rule === 'momentum') {
    const momentum = number('momentum');
    for (const { port, slots, gradient } of variables)
      apply('ResourceApplyMomentum', [port, ...slots, rate, gradient, momentum]);
  } else {
    const [beta1, beta2, epsilon] = [number('beta1'), number('beta2'), number('epsilon')];
    const powers = [power(beta1, hyperparameters.beta1), power(beta2, hyperparameters.beta2)];
    for (const { port, slots, gradient } of variables)
      apply('ResourceApplyAdam', [port, ...slots, ...powers, rate, beta1, beta2, epsilon, gradient]);
  }
  const fn = defineFunction(binding, graph, {
    inputs: inputs.map(({ port }) => port),
    outputs: [],
    effects,
  });
  const handles = inputs.map(({ id }) => binding.handleOf(id, 'bench'));
  return {
    call: () => void fn.call(handles),
    parameters: () =>
      variables.map(({ id }) =>
        backend.createOutputTensor(binding.executeOp('ReadVariableOp', [dtype], [id], 1)[0]!),
      ),
  };
}

let serial = 0;
