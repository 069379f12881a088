import type { Contender } from '../contenders/contenders.ts';
import type { Spread } from '../../measuring/spread.ts';

/** What a run of the benchmark found; written to results/step.json. */
export interface Report {
  readonly date: string;
  readonly machine: {
    readonly hardware: string;
    readonly cores: number;
    readonly memory: number;
    readonly system: string;
    /** The share of all cores that other programs used before the first case. */
    readonly load: number;
  };
  readonly threads: number;
  readonly rounds: number;
  readonly epochRounds: number;
  /** Seconds that each contender trained before the first round. */
  readonly warmUp: number;
  /** What the whole run took. */
  readonly minutes: number;
  readonly cases: readonly CaseReport[];
}

export interface CaseReport {
  readonly name: string;
  readonly title: string;
  readonly parameters: number;
  /** Of the products in one step. */
  readonly flopsPerStep: number;
  /** Of a product of two 512 x 512 matrices, the fastest contender's. */
  readonly productGflops: number;
  readonly stepsPerRound: number;
  readonly stepsPerEpoch: number;
  readonly contenders: readonly ContenderReport[];
}

export interface ContenderReport extends Pick<Contender, 'name' | 'title' | 'family'> {
  readonly versions: Readonly<Record<string, string>>;
  /** Of the first ten steps. */
  readonly losses: readonly number[];
  readonly firstStepMilliseconds: number;
  readonly stepMilliseconds: Spread;
  /** This contender's step time over Cantrip's, round by round; absent without Cantrip. */
  readonly timesCantrip?: Spread;
  /** The step time of Cantrip by its default options over this contender's; absent without Cantrip. */
  readonly cantripRatio?: Spread;
  readonly productGflops: number;
  readonly peakMegabytes: number;
  readonly epoch?: EpochReport;
}

export interface EpochReport {
  readonly imagesPerSecond: Spread;
  /** Over the images a second of bare steps in the same turn. */
  readonly shareOfBareStep: Spread;
}
