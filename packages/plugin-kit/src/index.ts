export { exactSteps, type Length, lengthCheck, type RunLength, wholeStep } from './lengths/length.ts';
export { functionInRun, type FunctionInRun, type Horizon, type Now } from './schedules/function-in-run.ts';
export { holdSchedules } from './schedules/hold-schedules.ts';
export type { BoundFunction, HorizonOptions, StepFunction } from './schedules/step-function.ts';
export { type NamedLayer, stableName } from './layers/stable-name.ts';
