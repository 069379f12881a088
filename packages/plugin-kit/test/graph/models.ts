import * as tf from '@tensorflow/tfjs-core';
import {
  initializers,
  input,
  layers,
  type LayersModel,
  model,
  sequential,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';

type Symbols = SymbolicTensor | SymbolicTensor[];

const on = (layer: layers.Layer, x: Symbols): SymbolicTensor => layer.apply(x) as SymbolicTensor;

/** A model, and inputs for it. */
export interface Given {
  readonly model: LayersModel;
  readonly inputs: tf.Tensor | tf.Tensor[];
}

/** A custom layer with a weight, an option and two outputs: the scaled inputs, and the rest. */
class Split extends layers.Layer {
  static className = 'Split';
  readonly share: number;
  scale: ReturnType<layers.Layer['addWeight']> | undefined;

  constructor(options: { share: number; name?: string }) {
    super(options);
    this.share = options.share;
  }

  override build(): void {
    this.scale = this.addWeight('scale', [1], 'float32', initializers.constant({ value: 1.5 }));
    super.build([]);
  }

  override computeOutputShape(shape: (number | null)[]): (number | null)[][] {
    return [shape, shape];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor[] {
    const x = Array.isArray(inputs) ? inputs[0]! : inputs;
    const first = tf.mul(tf.mul(x, this.share), this.scale!.read());
    return [first, tf.sub(x, first)];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), share: this.share };
  }
}
tf.serialization.registerClass(Split as never);

const dense = (units: number, name?: string): layers.Layer =>
  layers.dense({ units, activation: 'tanh', ...(name ? { name } : {}) });

function inner(name?: string): LayersModel {
  const x = input({ shape: [3] });
  const shared = dense(3);
  return model({ inputs: x, outputs: on(shared, on(dense(3, name), on(shared, x))) });
}

const numbers = (...shape: number[]): tf.Tensor => tf.randomNormal(shape, 0, 1, 'float32', 7);

/** Models of every kind, by name. */
export const models: Readonly<Record<string, () => Given>> = {
  'a sequential model': () => ({
    model: sequential({
      layers: [
        layers.conv2d({ filters: 2, kernelSize: 3, activation: 'relu', inputShape: [6, 6, 1] }),
        layers.batchNormalization(),
        layers.flatten(),
        layers.dense({ units: 3 }),
      ],
    }),
    inputs: numbers(2, 6, 6, 1),
  }),
  'a sequential model with an input layer': () => ({
    model: sequential({ layers: [layers.inputLayer({ inputShape: [3] }), dense(4), dense(2)] }),
    inputs: numbers(2, 3),
  }),
  'a sequential model that begins with a model': () => ({
    model: sequential({
      layers: [inner(), dense(4), sequential({ layers: [layers.dense({ units: 2, inputShape: [4] })] })],
    }),
    inputs: numbers(2, 3),
  }),
  'nested models, called twice': () => {
    const x = input({ shape: [3] });
    const nested = inner('own');
    const two = sequential({ layers: [layers.dense({ units: 3, inputShape: [3] }), inner()] });
    const branches = [on(nested, x), on(two, on(nested, on(dense(3), x)))];
    const outputs = on(dense(2), on(layers.concatenate(), branches));
    return { model: model({ inputs: x, outputs }), inputs: numbers(2, 3) };
  },
  'several inputs and outputs, one of which is an input': () => {
    const [left, right] = [input({ shape: [2], name: 'left' }), input({ shape: [2], name: 'right' })];
    const sum = on(layers.add(), [on(dense(2), left), right]);
    return {
      model: model({ inputs: [left, right], outputs: [on(dense(1), sum), right, sum] }),
      inputs: [numbers(3, 2), numbers(3, 2)],
    };
  },
  'a custom layer with several outputs': () => {
    const x = input({ shape: [3] });
    const [first, rest] = new Split({ share: 0.25 }).apply(on(dense(3), x)) as SymbolicTensor[];
    return {
      model: model({ inputs: x, outputs: on(layers.multiply(), [on(dense(3), rest!), first!]) }),
      inputs: numbers(2, 3),
    };
  },
  masks: () => ({
    model: sequential({
      layers: [
        layers.embedding({ inputDim: 5, outputDim: 3, maskZero: true, inputLength: 4 }),
        layers.lstm({ units: 2, returnSequences: true, recurrentInitializer: 'glorotUniform' }),
        layers.timeDistributed({ layer: layers.dense({ units: 2 }) }),
        layers.gru({ units: 2, recurrentInitializer: 'glorotUniform' }),
      ],
    }),
    inputs: tf.tensor2d([
      [1, 2, 0, 0],
      [3, 4, 1, 0],
    ]),
  }),
  'a recurrent layer with states': () => {
    const x = input({ shape: [4, 2] });
    const first = layers.lstm({
      units: 3,
      returnState: true,
      returnSequences: true,
      recurrentInitializer: 'glorotUniform',
    });
    const [sequence, ...states] = first.apply(x) as SymbolicTensor[];
    const second = layers.lstm({ units: 3, recurrentInitializer: 'glorotUniform' });
    const outputs = second.apply(sequence!, { initialState: states }) as SymbolicTensor;
    return { model: model({ inputs: x, outputs }), inputs: numbers(2, 4, 2) };
  },
};
