export { type Config, defineConfig, type ParametrizedConfig, type PlainConfig } from './define-config.ts';
export type { Param, Params, Widened } from './params.ts';
export type { Lazy, Training, TrainingFit } from './training.ts';
