import * as tf from '@tensorflow/tfjs-core';
import { initializers, layers, type LayersModel, sequential } from '@tensorflow/tfjs-layers';
import { sgd } from '@cantrip/optimizers';
import { createTrainer, meanSquaredError, type ModelFunction, type Trainer } from '@cantrip/trainer';
import { presentWays } from '@cantrip/testing';
import { afterEach, describe, expect, it } from 'vitest';

type Call = (this: layers.Layer & { addLoss(loss: () => tf.Scalar): void }, x: tf.Tensor) => unknown;

/** A layer of the user's own, which computes `call`. */
function layerOf(call: Call, more: object = {}): layers.Layer {
  class Custom extends layers.Layer {
    static className = 'Custom';
    override getClassName(): string {
      return 'Custom';
    }
    override computeOutputShape(shape: number[]): number[] {
      return shape;
    }
    override call(x: tf.Tensor | tf.Tensor[]): tf.Tensor {
      return call.call(this as never, Array.isArray(x) ? x[0]! : x) as tf.Tensor;
    }
  }
  return Object.assign(new Custom({}), more);
}

const ones = { kernelInitializer: initializers.ones(), useBias: false };

const modelWith = (layer: layers.Layer): LayersModel =>
  sequential({
    layers: [layers.inputLayer({ inputShape: [1] }), layer, layers.dense({ units: 1, ...ones })],
  });

const data = { inputs: [[1], [1], [1], [1]], targets: [[0], [0], [0], [0]], batchSize: 1 };

let trainer: Trainer | undefined;
afterEach(() => trainer?.dispose());

describe.each(await presentWays())("layers of the user's own, $name", ({ options }) => {
  const train = async (model: () => LayersModel | ModelFunction, epochs = 3): Promise<readonly number[]> => {
    trainer = createTrainer({
      ...options,
      model,
      optimizer: sgd({ learningRate: 0 }),
      loss: meanSquaredError(),
      handleInterrupt: false,
      log: () => undefined,
    });
    const history = await trainer.fit(data, { epochs, validation: data });
    return history.epochs.map(({ loss }) => loss!);
  };

  it('a loss that a layer adds in its call counts once in each step', async () => {
    // The output is 1 and the target 0, so the mean squared error is 1, and the layer adds 7.
    const added = (): LayersModel =>
      modelWith(
        layerOf(function (x) {
          this.addLoss(() => tf.scalar(7));
          return x;
        }),
      );
    expect(await train(added)).toEqual([8, 8, 8]);
  });

  it('a loss that a layer adds of what it computed is refused, because that is gone by then', async () => {
    const added = (): LayersModel =>
      modelWith(
        layerOf(function (x) {
          const computed = tf.square(x);
          this.addLoss(() => tf.mean(tf.mul(computed, 2)) as tf.Scalar);
          return tf.mul(x, 1);
        }),
      );
    await expect(train(added)).rejects.toThrow(
      /^\[trainer\] a loss that layer [\w]+ added with addLoss failed: .+\. Such a loss may read weights; for what the layer computes, add an output with a loss\. \(MODEL_INVALID\)$/s,
    );
  });

  it('a call that returns a promise is refused by the name of the layer', async () => {
    await expect(train(() => modelWith(layerOf(async (x) => x)))).rejects.toThrow(
      '[trainer] the call of layer custom_1 returned a promise, but the step does not wait. Return a tensor, from a call that is not async. (MODEL_INVALID)',
    );
  });

  it.each([
    ['a variable', (w: tf.Variable) => ({ w })],
    ['a list of variables', (w: tf.Variable) => ({ w: [w] })],
  ])('%s that is no weight is refused, because it would not be trained', async (_, held) => {
    const w = tf.variable(tf.scalar(2));
    await expect(train(() => modelWith(layerOf((x) => tf.mul(x, w), held(w))))).rejects.toThrow(
      '[trainer] layer custom_1 keeps the variable w, which is not one of its weights, so it would be neither trained nor saved. Create it with this.addWeight in build, or pass false as trainable to tf.variable. (MODEL_INVALID)',
    );
    w.dispose();
  });

  it('a variable that is not trainable is a constant of a layer', async () => {
    const w = tf.variable(tf.scalar(2), false);
    expect(await train(() => modelWith(layerOf((x) => tf.mul(x, w), { w })))).toEqual([4, 4, 4]);
    w.dispose();
  });

  it('a model function that creates a variable in its call is refused, because it would not be trained', async () => {
    const lazily = (): ModelFunction => {
      let w: tf.Variable | undefined;
      const b = tf.variable(tf.zeros([1]));
      return (x) => tf.add(tf.mul(x as tf.Tensor, (w ??= tf.variable(tf.ones([1])))), b);
    };
    await expect(train(lazily)).rejects.toThrow(
      /^\[trainer\] the model function creates a variable of shape \[1\] when it is called, so it would be neither trained nor saved\. .+ \(MODEL_INVALID\)$/,
    );
  });
});
