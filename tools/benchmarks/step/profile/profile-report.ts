import type { Case } from '../cases/cases.ts';
import type { Contender } from '../contenders/contenders.ts';
import type { OpTime } from './op-times.ts';
import { roundedSpread, type Spread } from '../../measuring/spread.ts';

/** What `npm run bench:profile` found; written to results/step-profile.json. */
export interface ProfileReport {
  readonly date: string;
  readonly machine: { readonly hardware: string; readonly cores: number };
  readonly threads: number;
  /** That were traced. */
  readonly steps: number;
  readonly cases: readonly CaseProfile[];
}

export interface CaseProfile {
  readonly name: string;
  readonly title: string;
  /** Of the products in one step. */
  readonly flopsPerStep: number;
  /** Of a product of two 512 x 512 matrices, the fastest way's. */
  readonly productGflops: number;
  /** What the products of a step would take at that speed. */
  readonly floorMilliseconds: number;
  readonly ways: readonly WayProfile[];
}

/** One of Cantrip's ways. */
export interface WayProfile extends Pick<Contender, 'name' | 'title'>, Omit<WayTimes, 'productMilliseconds'> {
  /** The floor over the time of a step: the share of the speed of a product that the step reaches. */
  readonly reachedShare: number;
}

/** What the process that profiles one way measures. */
export interface WayTimes {
  /** Of a step without a trace. */
  readonly stepMilliseconds: Spread;
  readonly productMilliseconds: Spread;
  /** Making a batch of an epoch on the host, with nothing else to do. */
  readonly batchMilliseconds: Spread;
  /** The longest first. */
  readonly ops: readonly OpTime[];
}

const PRODUCT_FLOPS = 2 * 512 ** 3;

/** Floor, shares and few digits. */
export function profileCase(
  { name, title }: Case,
  flopsPerStep: number,
  ways: readonly (readonly [Contender, WayTimes])[],
): CaseProfile {
  const speeds = ways.map(([, { productMilliseconds }]) => PRODUCT_FLOPS / productMilliseconds.median / 1e6);
  const productGflops = Math.max(...speeds);
  const floor = flopsPerStep / productGflops / 1e6;
  return {
    name,
    title,
    flopsPerStep,
    productGflops: Number(productGflops.toFixed(1)),
    floorMilliseconds: digits(floor),
    ways: ways.map(([contender, { stepMilliseconds, batchMilliseconds, ops }]) => ({
      name: contender.name,
      title: contender.title,
      stepMilliseconds: roundedSpread(stepMilliseconds, 4),
      batchMilliseconds: roundedSpread(batchMilliseconds, 4),
      reachedShare: digits(floor / stepMilliseconds.median),
      ops: ops.map((one) => ({
        ...one,
        milliseconds: Number(one.milliseconds.toFixed(4)),
        share: Number(one.share.toFixed(4)),
      })),
    })),
  };
}

function digits(value: number): number {
  return Number(value.toPrecision(3));
}
