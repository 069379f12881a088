import { openedDevice } from '@cantrip/core-tensor-gpu';
import { CantripError, isCantripError } from '@cantrip/errors';
import type { Ablation, Job, Outcome, Parameters } from '../design/define-ablation.ts';
import { type Observer, observer } from './observer.ts';
import type { Machine, RunRecord } from './run-record.ts';

/** A job as plain data, which is sent to a child process. */
export interface JobOrder {
  readonly tricks: readonly string[];
  readonly seed: number;
  readonly parameters: Parameters;
}

/**
 * Trains one run in this process.
 *
 * @param tell - called with the share of the run that is done
 * @throws CantripError ABLATION_FAILED if a figure is missing; any error of the experiment, except a loss that is not
 *   finite, which is a result
 */
export async function runJob(
  experiment: Ablation,
  { tricks, seed, parameters }: JobOrder,
  tell: (share: number) => void = () => undefined,
): Promise<RunRecord> {
  const watch = observer(seed, tell);
  const job = { seed, parameters, has: (name: string) => has(experiment, tricks, name) };
  const began = performance.now();
  const processorBefore = process.cpuUsage();
  const figures = await outcomeOf(experiment, { ...job, plugins: pluginsOf(experiment, tricks, watch) });
  const { user, system } = process.cpuUsage(processorBefore);
  return {
    tricks,
    seed,
    diverged: figures === undefined,
    figures: figures ?? {},
    seconds: rounded((performance.now() - began) / 1000),
    cpuSeconds: rounded((user + system) / 1e6),
    stepMilliseconds: rounded(watch.stepMilliseconds()),
    steps: watch.steps(),
    date: new Date().toISOString(),
    machine: machine(),
  };
}

function pluginsOf({ tricks }: Ablation, on: readonly string[], { plugin }: Observer): Job['plugins'] {
  const chosen = tricks.map((trick) => (on.includes(trick.name) ? trick.with : trick.without));
  return [plugin, ...chosen.filter((each) => each !== undefined)];
}

function has({ tricks }: Ablation, on: readonly string[], name: string): boolean {
  if (tricks.some((trick) => trick.name === name)) return on.includes(name);
  throw new CantripError('OPTION_INVALID', {
    who: 'job.has',
    what: `has must be called with the name of a trick, got ${name}`,
    fix: `Use one of the tricks: ${tricks.map((trick) => trick.name).join(', ')}`,
  });
}

/** The codes of the errors with which a diverged run ends. */
const diverging: readonly string[] = ['LOSS_NOT_FINITE', 'PARAMETER_NOT_FINITE'];

/** Undefined if the loss or a parameter became NaN or infinite. */
async function outcomeOf(experiment: Ablation, job: Job): Promise<Outcome | undefined> {
  const trainer = await experiment.trainer(job);
  try {
    const outcome = await experiment.fit(trainer, job);
    return experiment.figures.every(({ name }) => isFinite(outcome, name)) ? outcome : undefined;
  } catch (error) {
    if (isCantripError(error) && diverging.includes(error.code)) return undefined;
    throw error;
  } finally {
    trainer.dispose();
  }
}

function isFinite(outcome: Outcome, name: string): boolean {
  const value: unknown = outcome[name];
  if (typeof value === 'number') return Number.isFinite(value);
  throw new CantripError('ABLATION_FAILED', {
    who: 'ablate',
    what: `fit must return the figure ${name}, but returned ${Object.keys(outcome).join(', ') || 'none'}`,
    fix: 'Return it from fit, or use one of the returned names in figures',
  });
}

function machine(): Machine {
  const description = openedDevice()?.describe();
  const { name = 'none', version = 'none', threads = 0, hardware = 'unknown' } = description ?? {};
  return { device: name, version, threads, hardware, node: process.version };
}

const rounded = (value: number): number => Number(value.toPrecision(6));
