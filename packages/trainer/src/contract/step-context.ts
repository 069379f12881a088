import type { Scalar, Tensor } from '@tensorflow/tfjs-core';

/** Random tensors of one named stream, keyed by seed, stream and step: the same eager or captured, on any device. */
export interface RandomTensors {
  /** Uniform in [low, high), low 0 and high 1 by default. */
  uniform(shape: readonly number[], low?: number, high?: number): Tensor;
  normal(shape: readonly number[], mean?: number, standardDeviation?: number): Tensor;
  /** 1 with this probability (0.5 by default; it may be one of `scalars`), else 0; float32. */
  bernoulli(shape: readonly number[], probability?: number | Scalar): Tensor;
}

/** What a step hook knows. It holds no number that changes from step to step: those are `scalars`. */
export interface StepContext {
  /** Everything that `scheduleScalars` returned, and `learningRate` and `step`, as tensors. */
  readonly scalars: Readonly<Record<string, Scalar>>;
  random(stream: string): RandomTensors;
}
