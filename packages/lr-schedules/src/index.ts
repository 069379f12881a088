export { batchScale, type BatchScaleOptions } from './batch-scale.ts';
export type { BindableSchedule } from './bindable-schedule.ts';
export { constant, type ConstantOptions } from './constant.ts';
export { cosine, type CosineOptions } from './cosine.ts';
export { cyclic, type CyclicOptions } from './cyclic.ts';
export { exponential, type ExponentialOptions, step, type StepOptions } from './exponential.ts';
export {
  findLearningRate,
  type FindLearningRateOptions,
  type FoundLearningRates,
  type SweepPoint,
} from './find-learning-rate.ts';
export { flatCosine, type FlatCosineOptions } from './flat-cosine.ts';
export { type Greedy, greedyAfter, type GreedyRule, noGreed } from './greedy.ts';
export {
  type GreedyApi,
  greedyLearningRate,
  type GreedyLearningRateOptions,
  type GreedyState,
} from './greedy-learning-rate.ts';
export {
  type HyperparameterApi,
  hyperparameterSchedule,
  type HyperparameterState,
} from './hyperparameter-schedule.ts';
export type { ImprovementRule } from './improves.ts';
export { inverseSqrt, type InverseSqrtOptions } from './inverse-sqrt.ts';
export { inverseTime, type InverseTimeOptions } from './inverse-time.ts';
export { join, type Piece } from './join.ts';
export type { Length } from './length.ts';
export { linear, type LinearOptions } from './linear.ts';
export { type LearningRateApi, type LearningRateState, lrSchedule } from './lr-schedule.ts';
export { multiStep, type MultiStepOptions } from './multi-step.ts';
export { multiplicative, type MultiplicativeOptions } from './multiplicative.ts';
export { multiply } from './multiply.ts';
export { noam, type NoamOptions } from './noam.ts';
export { noise, type NoiseOptions } from './noise.ts';
export { oneCycle, type OneCycleOptions } from './one-cycle.ts';
export { perEpoch } from './per-epoch.ts';
export { piecewise, type PiecewiseOptions } from './piecewise.ts';
export { noPlateau, type Plateau, plateauAfter, type PlateauRule } from './plateau.ts';
export { plotSchedule, type PlotScheduleOptions } from './plot-schedule.ts';
export { plotSweep, type PlotSweepOptions } from './plot-sweep.ts';
export { polynomial, type PolynomialOptions } from './polynomial.ts';
export {
  reduceOnPlateau,
  type ReduceOnPlateauApi,
  type ReduceOnPlateauOptions,
  type ReduceOnPlateauState,
} from './reduce-on-plateau.ts';
export { restarts, type RestartsOptions } from './restarts.ts';
export type { Horizon } from './schedule-in-run.ts';
export type { HorizonOptions } from '@cantrip/trainer';
export { bindSchedule, type BoundSchedule, type RunLength, type Schedule } from './schedule.ts';
export type { Shape } from './shape.ts';
export { stretch } from './stretch.ts';
export { suggestLearningRates, type Suggestions } from './suggest-learning-rates.ts';
export { tanh, type TanhOptions } from './tanh.ts';
export { warmup, type WarmupConvention, type WarmupOptions } from './warmup.ts';
export { warmupStableDecay, type WarmupStableDecayOptions } from './warmup-stable-decay.ts';
export type { Watched, WatchOptions } from './watch-figure.ts';
