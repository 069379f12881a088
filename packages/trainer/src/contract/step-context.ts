import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { NamedVariables } from '@cantrip/optimizers';

/** Random tensors of one named stream, keyed by seed, stream and step: the same eager or captured, on any device. */
export interface RandomTensors {
  /** Uniform in [low, high), low 0 and high 1 by default. */
  uniform(shape: readonly number[], low?: number, high?: number): Tensor;
  normal(shape: readonly number[], mean?: number, standardDeviation?: number): Tensor;
  /** 1 with this probability (0.5 by default; it may be one of `scalars`), else 0; float32. */
  bernoulli(shape: readonly number[], probability?: number | Scalar): Tensor;
}

/** What a plugin has of its own in one run; each run of the same plugin object has others. */
export interface OwnParts<Locals = unknown> {
  /** What `setup` returned as `locals`. */
  readonly locals: Locals;
  /** What `variables` returned: tensor state by name. */
  readonly ownVariables: NamedVariables;
}

/** What a step hook knows. It holds no number that changes from step to step: those are `scalars`. */
export interface StepContext<Locals = unknown> extends OwnParts<Locals> {
  /** Everything that `scheduleScalars` returned, and `learningRate` and `step`, as tensors. */
  readonly scalars: Readonly<Record<string, Scalar>>;
  /**
   * One of {@link scalars}.
   *
   * @throws CantripError SCALAR_UNKNOWN where no plugin gives it
   */
  scalar(name: string): Scalar;
  random(stream: string): RandomTensors;
  /**
   * Tensors that a hook leaves for later hooks of the same plugin in the same batch: what `transformBatch` puts in,
   * `transformTargets` finds. The next batch begins with an empty one.
   */
  readonly carry: Record<string, Tensor>;
}
