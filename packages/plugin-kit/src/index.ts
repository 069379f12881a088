export {
  exactSteps,
  isDue,
  type Length,
  lengthCheck,
  periodCheck,
  type RunLength,
  wholeStep,
} from './lengths/length.ts';
export { functionInRun, type FunctionInRun, type Horizon, type Now } from './schedules/function-in-run.ts';
export type { BoundFunction, HorizonOptions, StepFunction } from './schedules/step-function.ts';
export type { CallChange } from './graph/call-change.ts';
export { type LayerChange, type RebuildableModel, rebuildModel } from './graph/rebuild-model.ts';
export { type Ending, type Endings, endingsOf, type ModelWithOutputs } from './layers/endings.ts';
export { type LayerList, namesOfLayers } from './layers/names-of-layers.ts';
export { type NamedLayer, stableName } from './layers/stable-name.ts';
export { type HostNumbers, isHostTensor } from './tensors/host-tensor.ts';
export { type CopiedVariable, copyVariables } from './tensors/copy-variables.ts';
export { entryOf, namedOrOnly } from './tensors/named-or-only.ts';
export { entriesOfTensors, mapTensors, type OneOrNamed } from './tensors/named-tensors.ts';
export { epochLine, type EpochReport, validationLine, type ValidationReport } from './logs/epoch-line.ts';
export { figureOf } from './logs/figure-of.ts';
export { type Measured, watchedFigure } from './logs/watched-figure.ts';
export { type EndOfStep, figuresOfStep } from './logs/figures-of-step.ts';
export { plainSettings } from './logs/plain-settings.ts';
export { type RunWithSettings, type Settings, settingsOfRun } from './logs/settings-of-run.ts';
export { shortNumber, shortTime } from './logs/short-number.ts';
export { studentQuantile } from './statistics/student-quantile.ts';
export { batchesPerEpoch, type CountedBatches } from './data/batches-per-epoch.ts';
export { packageVersions } from './packages/package-versions.ts';
export { matchesName, type NamePattern, namePatternCheck } from './names/name-pattern.ts';
export { type ResidualBlock, residualBlocks } from './graph/residual-blocks.ts';
export { heldBy, heldLayers } from './parameters/held-layers.ts';
export { namedLayers } from './parameters/named-layers.ts';
export {
  type LayerWeight,
  type Parameter,
  parametersOf,
  type WeightedLayer,
} from './parameters/parameters-of.ts';
