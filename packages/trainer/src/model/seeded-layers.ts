import * as tf from '@tensorflow/tfjs-core';
import type { layers, LayersModel } from '@tensorflow/tfjs-layers';
import { namedLayers } from '@cantrip/plugin-kit';
import type { RandomTensors, StepContext } from '../contract/step-context.ts';
import { dropout } from './dropout.ts';
import { callOwner, interposeCall } from './layers/interpose-call.ts';
import { recurrentDropout } from './recurrent-dropout.ts';

type Layer = layers.Layer;

/** The layers of a model that draw random numbers in training. */
export interface SeededLayers {
  /**
   * Makes them draw from the stream of their own name, but only within {@link during}. Returns a function that undoes
   * it.
   */
  install(): () => void;
  /** Calls `run`. Meanwhile the layers draw from `random`. */
  during<T>(random: StepContext['random'], run: () => T): T;
}

/**
 * Finds dropout and noise layers, and recurrent layers with dropout, including those in nested models and wrappers.
 *
 * In TensorFlow.js they draw on the host, one after the other from one generator. With a `seed` of their own, they
 * draw the same mask at every call. Here each layer has a stream of its own name; the run's seed and the step decide
 * the numbers. So a mask can be recorded and differs from call to call, and no layer changes the numbers of another.
 */
export function seededLayers(model: LayersModel): SeededLayers {
  let current: StepContext['random'] | undefined;
  const recurrent = recurrentDropout(model);
  return {
    install() {
      const undos = [...namedLayers(model)].map(([name, layer]) => seedLayer(layer, () => current?.(name)));
      return () => undos.forEach((undo) => undo());
    },
    during(random, run) {
      current = random;
      try {
        return recurrent.during(random, run);
      } finally {
        current = undefined;
      }
    },
  };
}

function seedLayer(layer: Layer, randomNow: () => RandomTensors | undefined): () => void {
  const rule = rules[callOwner(layer) ?? ''];
  if (!rule) return () => undefined;
  const drawing = layer as unknown as Drawing;
  return interposeCall(layer, (next) => (inputs, kwargs) => {
    const random = kwargs['training'] && rule.draws(drawing) ? randomNow() : undefined;
    if (!random) return next(inputs, kwargs);
    drawing.invokeCallHook(inputs, kwargs);
    return tf.tidy(() => rule.apply(drawing, Array.isArray(inputs) ? inputs[0]! : inputs, random));
  });
}

/** The fields of such a layer that its rule needs. */
interface Drawing {
  readonly rate: number;
  readonly stddev: number;
  getNoiseShape(input: tf.Tensor): readonly (number | null)[] | null | undefined;
  _getNoiseShape(input: tf.Tensor): readonly number[];
  invokeCallHook(inputs: tf.Tensor | tf.Tensor[], kwargs: unknown): void;
}

interface Rule {
  /** Whether the layer changes its input at all. */
  draws(layer: Drawing): boolean;
  apply(layer: Drawing, input: tf.Tensor, random: RandomTensors): tf.Tensor;
}

const hasRate = ({ rate }: Drawing): boolean => rate > 0 && rate < 1;

/**
 * What tfjs-layers computes in training, by the class whose `call` computes it. Alpha dropout follows its paper
 * instead, because TensorFlow.js 4.22 has the wrong sign of the saturation.
 */
const rules: Readonly<Record<string, Rule>> = {
  Dropout: {
    draws: hasRate,
    apply: (layer, input, random) =>
      dropout(input, { rate: layer.rate, random, noiseShape: layer.getNoiseShape(input) ?? undefined }),
  },
  GaussianNoise: {
    draws: () => true,
    apply: ({ stddev }, input, random) => tf.add(input, random.normal(input.shape, 0, stddev)),
  },
  GaussianDropout: {
    draws: hasRate,
    apply: ({ rate }, input, random) =>
      tf.mul(input, random.normal(input.shape, 1, Math.sqrt(rate / (1 - rate)))),
  },
  AlphaDropout: {
    draws: hasRate,
    apply: (layer, input, random) => alphaDropout(layer.rate, input, layer._getNoiseShape(input), random),
  },
};

/** The value of `selu` far below 0, which replaces dropped elements. */
const saturation = -1.6732632423543772 * 1.0507009873554805;

/** Klambauer et al., "Self-normalizing neural networks", 2017: mean 0 and variance 1 are kept. */
function alphaDropout(
  rate: number,
  input: tf.Tensor,
  noiseShape: readonly number[],
  random: RandomTensors,
): tf.Tensor {
  const scale = ((1 - rate) * (1 + rate * saturation ** 2)) ** -0.5;
  const kept = random.bernoulli(noiseShape, 1 - rate);
  const dropped = tf.add(tf.mul(input, kept), tf.mul(tf.sub(1, kept), saturation));
  return tf.add(tf.mul(dropped, scale), -scale * saturation * rate);
}
