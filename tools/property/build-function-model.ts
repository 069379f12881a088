import * as tf from '@tensorflow/tfjs-core';
import type { ModelFunction } from '@cantrip/trainer';
import { type ActivationDraw, type ModelDraw, outputName } from './case.ts';
import { type DensePart, densePartsOf } from './dense-parts.ts';
import { initialValues } from './initial-values.ts';

/** The model of a draw as a function of tensors, with variables of its own. */
export function buildFunctionModel(draw: ModelDraw): {
  model: ModelFunction;
  variables: readonly tf.Variable[];
} {
  const made = new Map<string, DenseVariables>();
  for (const part of densePartsOf(draw)) made.set(part.name, variablesOf(part));
  const dense = (given: tf.Tensor, name: string, activation: ActivationDraw): tf.Tensor => {
    const [kernel, bias] = made.get(name)!;
    return activate(tf.add(tf.matMul(given as tf.Tensor2D, kernel as tf.Tensor2D), bias), activation);
  };
  const model: ModelFunction = (inputs) => {
    const given = inputs instanceof tf.Tensor ? [inputs] : draw.inputs.map((_, at) => inputs[`input${at}`]!);
    const encoded = given.map((one, at) => dense(one, draw.shared ? 'encode0' : `encode${at}`, 'tanh'));
    let hidden = encoded.length > 1 ? tf.addN(encoded) : encoded[0]!;
    draw.body.forEach((part, at) => {
      if (part.kind !== 'dense') return;
      for (let i = 0; i < part.calls; i++) hidden = dense(hidden, `body${at}`, part.activation);
    });
    const outputs = draw.heads.map(
      (_, at) => [outputName(at), dense(hidden, outputName(at), 'linear')] as const,
    );
    return outputs.length > 1 ? Object.fromEntries(outputs) : outputs[0]![1];
  };
  return { model, variables: [...made.values()].flat() };
}

type DenseVariables = readonly [kernel: tf.Variable, bias: tf.Variable];

function variablesOf({ name, from, to }: DensePart): DenseVariables {
  const variable = (part: string, shape: number[]): tf.Variable =>
    tf.tidy(() => tf.variable(tf.tensor(initialValues(`${name}/${part}`, shape), shape)));
  return [variable('kernel', [from, to]), variable('bias', [to])];
}

function activate(values: tf.Tensor, activation: ActivationDraw): tf.Tensor {
  return activation === 'linear' ? values : tf[activation](values);
}
