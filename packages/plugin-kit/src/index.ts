export { exactSteps, type Length, lengthCheck, type RunLength, wholeStep } from './lengths/length.ts';
export { functionInRun, type FunctionInRun, type Horizon, type Now } from './schedules/function-in-run.ts';
export { holdSchedules } from './schedules/hold-schedules.ts';
export type { BoundFunction, HorizonOptions, StepFunction } from './schedules/step-function.ts';
export { type Ending, type Endings, endingsOf, type ModelWithOutputs } from './layers/endings.ts';
export { type NamedLayer, stableName } from './layers/stable-name.ts';
export { type HostNumbers, isHostTensor } from './tensors/host-tensor.ts';
export { entriesOfTensors, mapTensors, type OneOrNamed } from './tensors/named-tensors.ts';
export { batchesPerEpoch, type CountedBatches } from './data/batches-per-epoch.ts';
