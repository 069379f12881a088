import { writeFileSync } from 'node:fs';
import type { DeviceDescription } from '@cantrip/core-tensor-gpu';
import type { Rehearsal, Tuning } from '@cantrip/trainer';
import { median } from './compare-times.ts';
import { identityOf } from './model-identity.ts';

/** The environment variable that tells a child process to time the step only. */
export const orderVariable = 'CANTRIP_TUNING';

/** The order to a child process that only times the step. */
export interface Order {
  /** The file to write the report to. */
  readonly report: string;
  /** How long to time steps. */
  readonly milliseconds: number;
  readonly compile?: 'xla' | undefined;
}

/** The report that the child process writes. */
export interface StepReport {
  readonly milliseconds: number;
  readonly device: DeviceDescription;
  readonly model: string;
  readonly batch: string;
}

/** The order to this process; undefined if it trains normally. */
export function givenOrder(): Order | undefined {
  const text = process.env[orderVariable];
  return text ? (JSON.parse(text) as Order) : undefined;
}

/** Times the training step, writes the report and ends the process. No code after `fit` runs. */
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

/** Untimed steps at the start: one of them records the step, and others allocate memory. */
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
