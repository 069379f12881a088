export { batchScale, type BatchScaleOptions } from './combinators/batch-scale.ts';
export type { BindableSchedule } from './core/bindable-schedule.ts';
export { constant, type ConstantOptions } from './curves/constant.ts';
export { cosine, type CosineOptions } from './curves/cosine.ts';
export { cyclic, type CyclicOptions } from './curves/cyclic.ts';
export { exponential, type ExponentialOptions, step, type StepOptions } from './curves/exponential.ts';
export {
  findLearningRate,
  type FindLearningRateOptions,
  type FoundLearningRates,
} from './finder/find-learning-rate.ts';
export { flatCosine, type FlatCosineOptions } from './curves/flat-cosine.ts';
export { type Greedy, greedyAfter, type GreedyRule, noGreed } from './plugins/greedy.ts';
export {
  type GreedyApi,
  greedyLearningRate,
  type GreedyLearningRateOptions,
  type GreedyState,
} from './plugins/greedy-learning-rate.ts';
export {
  type HyperparameterApi,
  hyperparameterSchedule,
  type HyperparameterState,
} from './plugins/hyperparameter-schedule.ts';
export type { ImprovementRule } from './plugins/improves.ts';
export { inverseSqrt, type InverseSqrtOptions } from './curves/inverse-sqrt.ts';
export { inverseTime, type InverseTimeOptions } from './curves/inverse-time.ts';
export { join, type Piece } from './combinators/join.ts';
export { linear, type LinearOptions } from './curves/linear.ts';
export { type LearningRateApi, type LearningRateState, lrSchedule } from './plugins/lr-schedule.ts';
export { multiStep, type MultiStepOptions } from './curves/multi-step.ts';
export { multiplicative, type MultiplicativeOptions } from './curves/multiplicative.ts';
export { multiply } from './combinators/multiply.ts';
export { noam, type NoamOptions } from './curves/noam.ts';
export { noise, type NoiseOptions } from './combinators/noise.ts';
export { oneCycle, type OneCycleOptions } from './curves/one-cycle.ts';
export { perEpoch } from './combinators/per-epoch.ts';
export { piecewise, type PiecewiseOptions } from './curves/piecewise.ts';
export { noPlateau, type Plateau, plateauAfter, type PlateauRule } from './plugins/plateau.ts';
export type { Horizon, HorizonOptions, Length, RunLength } from '@cantrip/plugin-kit';
export { plotSchedule, type PlotScheduleOptions } from './plot/plot-schedule.ts';
export { plotSweep, type PlotSweepOptions } from './plot/plot-sweep.ts';
export { polynomial, type PolynomialOptions } from './curves/polynomial.ts';
export {
  reduceOnPlateau,
  type ReduceOnPlateauApi,
  type ReduceOnPlateauOptions,
  type ReduceOnPlateauState,
} from './plugins/reduce-on-plateau.ts';
export { restarts, type RestartsOptions } from './combinators/restarts.ts';
export { bindSchedule, type BoundSchedule, type Schedule } from './core/schedule.ts';
export type { CurveShape } from './core/curve-shape.ts';
export { schedulesOf } from './plugins/schedules-of.ts';
export { stretch } from './combinators/stretch.ts';
export { suggestLearningRates, type Suggestions } from './finder/suggest-learning-rates.ts';
export type { SweepPoint, Swept } from './finder/swept.ts';
export { tanh, type TanhOptions } from './curves/tanh.ts';
export { warmup, type WarmupConvention, type WarmupOptions } from './combinators/warmup.ts';
export { warmupStableDecay, type WarmupStableDecayOptions } from './curves/warmup-stable-decay.ts';
export type { Watched, WatchOptions } from './plugins/watch-figure.ts';
