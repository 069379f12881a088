export { averagedSnapshot } from './averaging/averaged-snapshot.ts';
export { type DecayWarmup, emaDecay, type EmaDecayOptions } from './averaging/ema-decay.ts';
export { moveAverages } from './averaging/move-averages.ts';
export type { AveragingApi, AveragingLocals, AveragingState } from './plugin/averaging.ts';
export type { AveragingOptions } from './plugin/averaging-options.ts';
export {
  stochasticWeightAveraging,
  type StochasticWeightAveragingOptions,
} from './plugin/stochastic-weight-averaging.ts';
export { weightAveraging, type WeightAveragingOptions } from './plugin/weight-averaging.ts';
