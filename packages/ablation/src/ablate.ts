import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CantripError, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import type { AblationResult } from './analysis/ablation-result.ts';
import { analyse } from './analysis/analyse.ts';
import type { Ablation, Figure, Parameters } from './design/define-ablation.ts';
import { type Design, designs, type Variant, variantsOf } from './design/design.ts';
import { fingerprintOf } from './log/fingerprint.ts';
import { openRunLog, type RunLog } from './log/run-log.ts';
import { showProgress } from './progress/progress.ts';
import { formatFigure } from './report/format-figure.ts';
import { loadExperiment } from './run/load-experiment.ts';
import { onSignals } from './run/on-signals.ts';
import { runPool } from './run/run-pool.ts';
import { runKey, type RunRecord } from './run/run-record.ts';
import { trainInChild } from './run/train-in-child.ts';

export interface AblateOptions {
  /** The module that exports the experiment, as a URL or a path: `new URL('./experiment.ts', import.meta.url)`. */
  readonly experiment: URL | string;
  /** Which sets of tricks to train. */
  readonly design: Design;
  /** The number of seeds, counted from 1, or an array of seeds; 5 by default. */
  readonly seeds?: number | readonly number[];
  /** Parameters that replace the experiment's own; the others keep their values. */
  readonly parameters?: Parameters;
  /** The folder in which runs are stored and looked for; `ablation-results` by default. */
  readonly folder?: string;
  /** The number of trainings at a time. By default as many as leave each one its threads. */
  readonly processes?: number;
  /**
   * The number of threads of each training on the native device; 1 by default. It changes the last bits of a result.
   */
  readonly threads?: number;
  /** Environment variables of the trainings. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether to continue from results of a changed experiment. */
  readonly acceptChanged?: boolean;
  /** The confidence of the intervals, in (0, 1); 0.95 by default. */
  readonly confidence?: number;
  /** The stream that shows progress; standard error by default, null for none. */
  readonly stream?: NodeJS.WriteStream | null;
  /** Stops the ablation as Ctrl-C does. Finished runs are kept, and the same call continues with the others. */
  readonly signal?: AbortSignal | undefined;
}

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const seed = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const scalar = v.union([v.string(), v.number(), v.boolean()]);
const schema = v.strictObject({
  experiment: v.union([v.pipe(v.string(), v.nonEmpty()), v.instance(URL)], 'must be a URL or a path'),
  design: v.picklist(designs),
  seeds: v.optional(
    v.union(
      [v.pipe(count, v.maxValue(10_000)), v.pipe(v.array(seed), v.nonEmpty())],
      'must be a number of seeds up to 10,000, or an array of seeds',
    ),
    5,
  ),
  parameters: v.optional(v.record(v.string(), scalar), {}),
  folder: v.optional(v.pipe(v.string(), v.nonEmpty('must not be empty')), 'ablation-results'),
  processes: v.optional(count),
  threads: v.optional(count, 1),
  environment: v.optional(v.record(v.string(), v.string()), {}),
  acceptChanged: v.optional(v.boolean(), false),
  confidence: v.optional(v.pipe(v.number(), v.gtValue(0), v.ltValue(1)), 0.95),
  signal: v.optional(v.instance(AbortSignal)),
  stream: v.optional(
    v.custom<NodeJS.WriteStream | null>(
      (value) => value === null || typeof (value as Partial<NodeJS.WriteStream>).write === 'function',
      'must be a writable stream, or null',
    ),
  ),
});

/**
 * Trains every variant of an experiment with the same seeds, each run in its own child process, and says what each
 * trick does.
 *
 * Every finished run is stored at once. After Ctrl-C, a kill or a power cut, the same call continues with the missing
 * runs; if none is missing, it trains nothing. More seeds or another design train only the new runs. Runs of a
 * changed experiment are not mixed: its module, the files that it imports, its parameters, threads and environment
 * are compared.
 *
 * @throws CantripError OPTION_INVALID, ABLATION_CHANGED, ABLATION_BUSY, ABLATION_FAILED, ABLATION_INTERRUPTED
 * @example
 * ```ts
 * const result = await ablate({
 *   experiment: new URL('./experiment.ts', import.meta.url),
 *   design: 'leave-one-out',
 *   seeds: 5,
 * });
 * result.effects[0]; // { name: 'label-smoothing', difference: { mean: 0.004, low: 0.001, high: 0.007, … }, verdict: 'helps', … }
 * ```
 */
export async function ablate(options: AblateOptions): Promise<AblationResult> {
  const parsed = parseOptions('ablate', schema, options);
  const module = urlOf(parsed.experiment);
  const experiment = withParameters(await loadExperiment(module), parsed.parameters);
  const seeds = typeof parsed.seeds === 'number' ? firstSeeds(parsed.seeds) : [...new Set(parsed.seeds)];
  const { design, threads, confidence, folder } = parsed;
  const variants = variantsOf(
    design,
    experiment.tricks.map(({ name }) => name),
  );
  const processes = parsed.processes ?? Math.max(1, Math.floor(availableParallelism() / threads));
  const path = join(folder, `${experiment.name}.jsonl`);
  const header = {
    format: 1,
    experiment: experiment.name,
    parameters: experiment.parameters,
    threads,
    environment: parsed.environment,
    files: fingerprintOf(module),
  } as const;
  const log = openRunLog(path, header, parsed);
  try {
    const environment = { ...threadVariables(threads), ...parsed.environment };
    const stream = options.stream === undefined ? process.stderr : options.stream;
    const { signal } = parsed;
    const runs = { experiment, module, variants, seeds, processes, environment, log, path, stream, signal };
    await trainMissing(runs);
    return analyse({ experiment, design, seeds, confidence, processes, records: log.records });
  } finally {
    log.close();
  }
}

const urlOf = (experiment: URL | string): string =>
  experiment instanceof URL || experiment.startsWith('file:')
    ? String(experiment)
    : pathToFileURL(resolve(experiment)).href;

const firstSeeds = (length: number): number[] => Array.from({ length }, (_, index) => index + 1);

/** The variables of TensorFlow, and of libraries that would start their own threads. */
function threadVariables(threads: number): Record<string, string> {
  const value = String(threads);
  return { TF_NUM_INTRAOP_THREADS: value, TF_NUM_INTEROP_THREADS: value, OMP_NUM_THREADS: value };
}

function withParameters(experiment: Ablation, given: Parameters): Ablation {
  for (const [name, value] of Object.entries(given)) {
    const usual = experiment.parameters[name];
    if (typeof usual === typeof value) continue;
    throw new CantripError('OPTION_INVALID', {
      who: 'ablate',
      what:
        usual === undefined
          ? `parameters must name parameters of ${experiment.name}, got ${name}`
          : `parameters.${name} must be a ${typeof usual}, got ${JSON.stringify(value)}`,
      fix: `Use one of its parameters: ${Object.keys(experiment.parameters).join(', ') || 'none'}`,
    });
  }
  return { ...experiment, parameters: { ...experiment.parameters, ...given } };
}

interface Training {
  readonly experiment: Ablation;
  readonly module: string;
  readonly variants: readonly Variant[];
  readonly seeds: readonly number[];
  readonly processes: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly log: RunLog;
  readonly path: string;
  readonly stream: NodeJS.WriteStream | null;
  readonly signal: AbortSignal | undefined;
}

async function trainMissing(training: Training): Promise<void> {
  const { experiment, module, environment, log, processes, variants, seeds, stream } = training;
  // Seed by seed, so the runs of a stopped ablation can be compared.
  const jobs = seeds.flatMap((seed) => variants.map((variant) => ({ ...variant, seed })));
  const missing = jobs.filter((job) => !log.records.has(runKey(job)));
  const earlier = jobs.map((job) => log.records.get(runKey(job))).filter((run) => run !== undefined);
  const abort = new AbortController();
  const stop = (cause: string): void => abort.abort(interrupted(training, jobs.length, cause));
  const ignoreSignals = onSignals(stop);
  const onAbort = (): void => stop(`its signal (${wordsOf(training.signal?.reason)})`);
  if (training.signal?.aborted) onAbort();
  training.signal?.addEventListener('abort', onAbort, { once: true });
  const describe = (record: RunRecord): string => outcomeOf(record, experiment.figures[0]!);
  const progress = stream && showProgress({ total: jobs.length, earlier, processes, stream, describe });
  try {
    await runPool(missing, processes, abort, async ({ name, tricks, seed }, signal) => {
      const run = `${name}, seed ${seed}`;
      const onProgress = progress?.begin(run) ?? (() => undefined);
      const order = { tricks, seed, parameters: experiment.parameters };
      const record = await trainInChild(order, { module, environment, signal, onProgress });
      log.append(record);
      progress?.end(run, record);
    });
  } finally {
    progress?.stop();
    ignoreSignals();
    training.signal?.removeEventListener('abort', onAbort);
  }
}

function outcomeOf({ diverged, figures }: RunRecord, figure: Figure): string {
  return diverged ? 'diverged' : `${figure.name} ${formatFigure(figures[figure.name]!, figure)}`;
}

const wordsOf = (reason: unknown): string => (reason instanceof Error ? reason.message : String(reason));

function interrupted({ log, path }: Training, total: number, signal: string): CantripError {
  return new CantripError('ABLATION_INTERRUPTED', {
    who: 'ablate',
    what: `${signal} stopped the ablation after ${log.records.size} of ${total} runs, which are stored in ${path}`,
    fix: 'Start the same program again to train the missing runs',
  });
}
