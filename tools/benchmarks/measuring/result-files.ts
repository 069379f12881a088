import type { Spread } from './spread.ts';
import type { Rule } from '../step/replay/update-ways.ts';

/** Where and when a result was measured. */
export interface Measurement {
  readonly date: string;
  readonly machine: { readonly hardware: string; readonly cores: number };
}

/** results/replay.json, of `npm run bench:replay`. */
export interface ReplayResults extends Measurement {
  readonly functionOverSession: Readonly<Record<string, Spread & { readonly pairs: number }>>;
}

/** results/update-rules.json, of `npm run bench:update`. */
export interface UpdateResults extends Measurement {
  readonly what: string;
  readonly cases: Readonly<Record<string, CaseUpdates>>;
}

export type CaseUpdates = { readonly parameters: number; readonly elements: number } & Readonly<
  Record<Rule, RuleTimes>
>;

export interface RuleTimes {
  readonly oursMilliseconds: number;
  readonly flat: Spread;
  readonly resource: Spread;
}

/** results/loss-checks.json, of `npm run bench:loss`: a case to an interval to a ratio. */
export interface LossCheckResults extends Measurement {
  readonly what: string;
  readonly cases: Readonly<Record<string, Readonly<Record<string, Spread>>>>;
}

/** results/step-checks.json, of `npm run bench:checks`. */
export interface StepCheckResults extends Measurement {
  readonly what: string;
  readonly cases: Readonly<Record<string, CheckedStep>>;
}

/** A captured step of a trainer, beside the replay of its recording alone. */
export interface CheckedStep {
  readonly wholeOverReplay: Spread;
  readonly wholeMilliseconds: Spread;
  readonly replayMilliseconds: Spread;
  /** The share of the whole step that each check takes. */
  readonly shareOfChecks: Readonly<Record<string, number>>;
}

/** results/step-threads.json, of `npm run bench:threads`. */
export interface StepThreadsResults extends Measurement {
  readonly what: string;
  readonly cases: readonly ThreadTimes[];
}

export interface ThreadTimes {
  readonly title: string;
  readonly batch: number;
  /** Floating-point operations of the product in which a typical operation of the step is. */
  readonly typical: number;
  /** The step time with one thread in an op over that with all. */
  readonly oneOverAll: Spread;
}
