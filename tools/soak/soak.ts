import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** One long training in a process of its own, and how many trainers follow it. */
export interface SoakPlan {
  readonly device: 'tensorflow' | 'wasm';
  readonly capture: boolean;
  /** A multiple of `sampleEvery`, which is a multiple of 100. */
  readonly steps: number;
  readonly sampleEvery: number;
  readonly trainers: number;
}

interface Held {
  readonly tensors: number;
  /** Resident memory of the process. */
  readonly megabytes: number;
}

/** What a process held before, during and after. */
export interface SoakOutcome {
  readonly before: Held & { readonly handles: readonly string[] };
  readonly samples: readonly (Held & { readonly step: number })[];
  readonly afterRun: Held;
  readonly after: Held & { readonly handles: readonly string[] };
}

/** Runs the child of a plan. Throws if it fails or does not end by itself. */
export async function soak(plan: SoakPlan): Promise<SoakOutcome> {
  const child = spawn(
    process.execPath,
    [
      '--expose-gc',
      '--import',
      'tsx',
      '--conditions=@cantrip/source',
      fileURLToPath(new URL('soak-child.ts', import.meta.url)),
      JSON.stringify(plan),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let output = '';
  child.stdout.on('data', (part: Buffer) => (output += part.toString()));
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`the child ended with ${String(code)}`);
  return JSON.parse(output.trim().split('\n').at(-1)!) as SoakOutcome;
}

/** Megabytes that the process grew by in 10,000 steps: the slope of a line through the samples of the second half. */
export function growth({ samples }: SoakOutcome): number {
  const late = samples.slice(Math.floor(samples.length / 2));
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const [step, megabytes] = [mean(late.map((one) => one.step)), mean(late.map((one) => one.megabytes))];
  const covariance = mean(late.map((one) => (one.step - step) * (one.megabytes - megabytes)));
  return (10_000 * covariance) / mean(late.map((one) => (one.step - step) ** 2));
}
