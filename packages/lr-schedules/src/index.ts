export { constant, type ConstantOptions } from './constant.ts';
export { cosine, type CosineOptions } from './cosine.ts';
export { exponential, type ExponentialOptions, step, type StepOptions } from './exponential.ts';
export { join, type Piece } from './join.ts';
export type { Length } from './length.ts';
export { linear, type LinearOptions } from './linear.ts';
export { type LearningRateApi, type LearningRateState, lrSchedule } from './lr-schedule.ts';
export { multiStep, type MultiStepOptions } from './multi-step.ts';
export { polynomial, type PolynomialOptions } from './polynomial.ts';
export {
  type BindableSchedule,
  bindSchedule,
  type BoundSchedule,
  type RunLength,
  type Schedule,
} from './schedule.ts';
export { warmup, type WarmupConvention, type WarmupOptions } from './warmup.ts';
