import * as tfc from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-layers';
import { type InputDraw, type ModelDraw, outputName, type RecurrentKind } from './case.ts';
import { initialValues } from './initial-values.ts';

type Layer = ReturnType<typeof tf.layers.dense>;
type Apply = (given: tf.SymbolicTensor) => tf.SymbolicTensor;

/** The model of a draw, made of layers. */
export function buildLayersModel(draw: ModelDraw): tf.LayersModel {
  const { inputs, body, heads, width } = draw;
  const symbols = inputs.map((input, at) => tf.input({ name: `input${at}`, ...formOf(input) }));
  const sharedLayer = tf.layers.dense({ units: width, activation: 'tanh', name: 'encode0' });
  const encoded = symbols.map((symbol, at) => encoderOf(inputs[at]!, at, draw, sharedLayer)(symbol));
  let hidden = encoded.length > 1 ? call(tf.layers.add())(encoded as never) : encoded[0]!;
  body.forEach((part, at) => {
    const layer =
      part.kind === 'dense'
        ? tf.layers.dense({ units: width, activation: part.activation, name: `body${at}` })
        : tf.layers.batchNormalization({ momentum: 0.9, name: `body${at}` });
    for (let i = 0; i < part.calls; i++) hidden = call(layer)(hidden);
  });
  const outputs = heads.map(({ units }, at) =>
    call(tf.layers.dense({ units, name: outputName(at) }))(hidden),
  );
  const model = tf.model({ inputs: symbols, outputs });
  for (const weight of model.weights) {
    const shape = weight.shape as number[];
    const values = tfc.tensor(initialValues(weight.originalName, shape, draw.nudge), shape);
    weight.write(values);
    values.dispose();
  }
  return model;
}

const call =
  (layer: { apply(given: tf.SymbolicTensor): unknown }): Apply =>
  (given) =>
    layer.apply(given) as tf.SymbolicTensor;

function formOf(input: InputDraw): { shape: number[]; dtype?: 'int32' } {
  if (input.kind === 'numbers') return { shape: [input.width] };
  if (input.kind === 'tokens') return { shape: [input.length], dtype: 'int32' };
  return { shape: [input.length, input.width] };
}

function encoderOf(input: InputDraw, at: number, draw: ModelDraw, sharedLayer: Layer): Apply {
  const { width } = draw;
  const name = `encode${at}`;
  if (input.kind === 'numbers') {
    if (draw.shared || at === 0) return call(sharedLayer);
    return call(tf.layers.dense({ units: width, activation: 'tanh', name }));
  }
  if (input.kind === 'sequence') return call(recurrent(input.by, width, name));
  const embedding = tf.layers.embedding({
    inputDim: input.vocabulary,
    outputDim: width,
    inputLength: input.length,
    name: `embed${at}`,
  });
  return (given) => afterEmbedding(input, width, name)(call(embedding)(given));
}

function afterEmbedding(
  { then }: Extract<InputDraw, { kind: 'tokens' }>,
  width: number,
  name: string,
): Apply {
  if (then === 'average') return call(tf.layers.globalAveragePooling1d({ name }));
  if (then !== 'flatten') return call(recurrent(then, width, name));
  const dense = tf.layers.dense({ units: width, activation: 'tanh', name });
  return (given) => call(dense)(call(tf.layers.flatten())(given));
}

function recurrent(
  kind: RecurrentKind,
  units: number,
  name: string,
): { apply(given: tf.SymbolicTensor): unknown } {
  if (kind !== 'bidirectional') return tf.layers[kind]({ units, name } as never);
  const layer = tf.layers.simpleRNN({ units, name: `${name}_inner` });
  return tf.layers.bidirectional({ layer, mergeMode: 'sum', name } as never);
}
