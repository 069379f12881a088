import type { Case } from '../cases/cases.ts';
import type { Contender } from '../contenders/contenders.ts';
import type { CaseReport, ContenderReport, EpochReport } from './report.ts';
import { ratioSpread, roundedSpread, type Spread, spreadOf } from '../../measuring/spread.ts';

/** What was measured of one contender; the lists have one entry for each round. */
export interface Measured {
  readonly contender: Contender;
  readonly versions: Readonly<Record<string, string>>;
  readonly losses: readonly number[];
  readonly firstStepMilliseconds: number;
  readonly stepMilliseconds: number[];
  readonly productMilliseconds: number[];
  readonly epochs: { readonly bareStepMilliseconds: number; readonly stepMilliseconds: number }[];
  readonly peakBytes: number;
}

const PRODUCT_FLOPS = 2 * 512 ** 3;

const round = (spread: Spread): Spread => roundedSpread(spread, 4);

/** Medians, quartiles and ratios of a case. */
export function reportCase(
  { name, title, batch, stepsPerEpoch }: Case,
  measured: readonly Measured[],
  facts: Pick<CaseReport, 'flopsPerStep' | 'parameters' | 'stepsPerRound'>,
): CaseReport {
  const ours = measured.find(({ contender }) => contender.name === 'cantrip')?.stepMilliseconds;
  const contenders = measured.map((one) => reportContender(one, ours, batch));
  return {
    name,
    title,
    ...facts,
    stepsPerEpoch,
    productGflops: Math.max(...contenders.map(({ productGflops }) => productGflops)),
    contenders,
  };
}

function reportContender(one: Measured, ours: readonly number[] | undefined, batch: number): ContenderReport {
  const { contender, versions, losses, firstStepMilliseconds, stepMilliseconds } = one;
  return {
    name: contender.name,
    title: contender.title,
    family: contender.family,
    versions,
    losses,
    firstStepMilliseconds: Math.round(firstStepMilliseconds),
    stepMilliseconds: round(spreadOf(stepMilliseconds)),
    ...(ours && {
      timesCantrip: round(ratioSpread(stepMilliseconds, ours)),
      cantripRatio: round(ratioSpread(ours, stepMilliseconds)),
    }),
    productGflops: Number((PRODUCT_FLOPS / spreadOf(one.productMilliseconds).median / 1e6).toFixed(1)),
    peakMegabytes: Math.round(one.peakBytes / 1e6),
    ...(one.epochs.length > 0 && { epoch: reportEpochs(one.epochs, batch) }),
  };
}

function reportEpochs(epochs: Measured['epochs'], batch: number): EpochReport {
  const bare = epochs.map(({ bareStepMilliseconds }) => bareStepMilliseconds);
  const whole = epochs.map(({ stepMilliseconds }) => stepMilliseconds);
  return {
    imagesPerSecond: round(spreadOf(whole.map((milliseconds) => (1000 * batch) / milliseconds))),
    shareOfBareStep: round(ratioSpread(bare, whole)),
  };
}
