export { ablate, type AblateOptions } from './ablate.ts';
export type { AblationResult, Effect, Estimate, VariantResult } from './analysis/ablation-result.ts';
export {
  type Ablation,
  type AblationDefinition,
  type Alternative,
  defineAblation,
  type Figure,
  type Job,
  type Outcome,
  type Parameters,
} from './design/define-ablation.ts';
export { type Contrast, contrastsOf } from './design/contrasts.ts';
export { type Design, type Variant, variantsOf } from './design/design.ts';
export { ablationChart } from './report/chart.ts';
export { formatDifference, formatFigure } from './report/format-figure.ts';
export { ablationTable, type TableOptions, verdictInWords } from './report/table.ts';
export { writeReport } from './report/write-report.ts';
export type { Machine, RunRecord } from './run/run-record.ts';
export { bootstrapInterval, type BootstrapOptions, type Interval } from './statistics/bootstrap.ts';
export { holm } from './statistics/holm.ts';
export { type SignFlipTest, signFlipTest } from './statistics/sign-flip-test.ts';
export type { Verdict } from './analysis/verdict.ts';
