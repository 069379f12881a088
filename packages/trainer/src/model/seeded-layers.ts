import * as tf from '@tensorflow/tfjs-core';
import type { layers, LayersModel } from '@tensorflow/tfjs-layers';
import type { RandomTensors, StepContext } from '../contract/step-context.ts';
import { dropout } from './dropout.ts';
import { callOwner, interposeCall } from './layers/interpose-call.ts';
import { namedLayers } from './layers/parameter-names.ts';
import { recurrentDropout } from './recurrent-dropout.ts';

type Layer = layers.Layer;

/** The layers of a model that draw random numbers in training. */
export interface SeededLayers {
  /** Lets them draw from the stream of their own name, in {@link during} and nowhere else; returns the undo. */
  install(): () => void;
  /** Runs `run` while they draw from `random`. */
  during<T>(random: StepContext['random'], run: () => T): T;
}

/**
 * Finds the dropout and noise layers of a model and recurrent ones with dropout, those of nested models and of wrappers
 * included.
 *
 * TensorFlow.js lets them draw on the host, one after the other from one generator, or, with a `seed` of their own, the
 * same mask at every call. Here each has a stream by its name, keyed by the run's seed and the step: a mask can be
 * recorded, differs from call to call, and no layer shifts the numbers of another.
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

/** As much of such a layer as its rule needs. */
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
 * What tfjs-layers computes in training, by the class whose `call` computes it; in alpha dropout what it is meant to
 * compute, for TensorFlow.js 4.22 puts the saturation there with the wrong sign.
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

/** The value of `selu` far below 0, which takes the place of what is dropped. */
const saturation = -1.6732632423543772 * 1.0507009873554805;

/** Klambauer et al., "Self-normalizing neural networks", 2017: mean 0 and variance 1 stay as they are. */
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
