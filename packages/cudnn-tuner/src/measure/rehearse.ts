import { writeFileSync } from 'node:fs';
import type { DeviceDescription } from '@cantrip/core-tensor-gpu';
import type { Rehearsal, Tuning } from '@cantrip/trainer';
import { median } from './compare-times.ts';
import { identityOf } from './model-identity.ts';

/** Stands in the environment of a process that only times the step. */
export const orderVariable = 'CANTRIP_TUNING';

/** What a process that only times the step is told. */
export interface Order {
  /** Where the report is written. */
  readonly report: string;
  /** How long steps are timed. */
  readonly milliseconds: number;
  readonly compile?: 'xla' | undefined;
}

/** What it writes. */
export interface StepReport {
  readonly milliseconds: number;
  readonly device: DeviceDescription;
  readonly model: string;
  readonly batch: string;
}

/** The order of the process that this is; undefined where it trains in earnest. */
export function givenOrder(): Order | undefined {
  const text = process.env[orderVariable];
  return text ? (JSON.parse(text) as Order) : undefined;
}

/** The training step is timed and reported, and the process ends: nothing behind `fit` runs. */
export function carryOut(order: Order): Tuning {
  return {
    compile: order.compile,
    rehearse: async (begin) => {
      const report = await begin()
        .then((rehearsal) => reportOf(rehearsal, order.milliseconds))
        .catch((error: unknown) => ({ failure: error instanceof Error ? error.message : String(error) }));
      writeFileSync(order.report, JSON.stringify(report));
      process.exit(0);
    },
  };
}

async function reportOf({ run, device, signature, step }: Rehearsal, limit: number): Promise<StepReport> {
  return { milliseconds: await timeSteps(step, limit), device, model: identityOf(run), batch: signature };
}

/** Of the first steps one records and others allocate. */
const WARM_UP = 5;
const LEAST_STEPS = 5;

async function timeSteps(step: () => Promise<void>, limit: number): Promise<number> {
  for (let count = 0; count < WARM_UP; count++) await step();
  const times: number[] = [];
  const started = performance.now();
  while (times.length < LEAST_STEPS || performance.now() - started < limit) {
    const before = performance.now();
    await step();
    times.push(performance.now() - before);
  }
  return median(times);
}
