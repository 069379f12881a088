export { dropPath, type DropPathOptions } from './drop-path.ts';
export { dropPathRates, type DropPathRatesOptions } from './drop-path-rates.ts';
export { stochasticDepth, type StochasticDepthOptions } from './stochastic-depth.ts';
export type { DropMode, RateDecay } from './option-schemas.ts';
