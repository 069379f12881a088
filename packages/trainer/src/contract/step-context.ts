import type { Scalar, Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import type { NamedVariables } from '@cantrip/optimizers';

/**
 * Random tensors of one named stream. Seed, stream and step decide the numbers: they are the same eager or captured,
 * on any device.
 */
export interface RandomTensors {
  /** Uniform numbers in [low, high); `low` is 0 and `high` is 1 by default. */
  uniform(shape: readonly number[], low?: number, high?: number): Tensor;
  normal(shape: readonly number[], mean?: number, standardDeviation?: number): Tensor;
  /** 1 with this probability, else 0; float32. The probability is 0.5 by default and may be one of `scalars`. */
  bernoulli(shape: readonly number[], probability?: number | Scalar): Tensor;
  /**
   * Numbers of the gamma distribution with shape `alpha` in [1e-30, 1e5] and scale 1. Each is chosen from 8 candidates. With a
   * probability below 4e-11 none of them fits; then it is made of the median of the candidates' distribution.
   */
  gamma(shape: readonly number[], alpha: number | Scalar): Tensor;
  /**
   * Numbers of the beta distribution, in [0, 1]. `a` and `b` are in [1e-30, 1e5]. Each number is made of two of
   * {@link gamma}.
   */
  beta(shape: readonly number[], a: number | Scalar, b: number | Scalar): Tensor;
  /**
   * The numbers `0 … n - 1` in a random order, int32 `[n]`, each order equally likely. At the start of a stream this is
   * the order that `random(stream).permutation(n)` of a host hook gives before the first batch of the step.
   */
  permutation(n: number): Tensor1D;
}

/** The values of a plugin in one run. Each run of the same plugin object has its own. */
export interface OwnParts<Locals = unknown> {
  /** The value that `setup` returned as `locals`. */
  readonly locals: Locals;
  /** The variables that `variables` returned, by name. */
  readonly ownVariables: NamedVariables;
}

/**
 * What a step hook receives. Numbers that change from step to step are in `scalars`, because any other number would
 * be a constant of the recording.
 */
export interface StepContext<Locals = unknown> extends OwnParts<Locals> {
  /** The tensors `learningRate` and `step`, and everything that `scheduleScalars` and `scheduleBatchScalars` returned. */
  readonly scalars: Readonly<Record<string, Scalar>>;
  /**
   * Returns one of {@link scalars}.
   *
   * @throws CantripError SCALAR_UNKNOWN if no plugin returns it
   */
  scalar(name: string): Scalar;
  random(stream: string): RandomTensors;
  /** The number of examples in the batch, float32. Rows after them only fill the batch. */
  readonly size: Scalar;
  /**
   * Tensors that a hook stores for later hooks of the same plugin in the same batch, e.g. from `transformBatch` to
   * `transformTargets`. It is empty at the start of each batch.
   */
  readonly carry: Record<string, Tensor>;
}
