export { earlyStopping } from './early-stopping.ts';
export type { EarlyStoppingApi, EarlyStoppingState } from './early-stopping.ts';
export type { EarlyStoppingOptions } from './early-stopping-options.ts';
export { type Judgement, judgeFigure, type StoppingRule, unjudged } from './judge-figure.ts';
