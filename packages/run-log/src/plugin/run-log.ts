import { resolve } from 'node:path';
import type { Lock } from '@cantrip/file-lock';
import type { HostContext, Plugin, TrainBegin } from '@cantrip/trainer';
import { environmentOf } from '../facts/environment.ts';
import { gitCommit } from '../facts/git-commit.ts';
import type { ScalarRow } from '../folder/rows.ts';
import { runFiles } from '../folder/run-files.ts';
import type { RunInfo } from '../folder/run-info.ts';
import { collectPredictions, type Collector } from '../predictions/collect-predictions.ts';
import { openLogFiles } from '../writing/log-files.ts';
import { createLogWriter, type LogWriter } from '../writing/log-writer.ts';
import { type Beginning, planBeginning } from '../writing/plan-beginning.ts';
import { ownLog } from './own-log.ts';
import { readRunLogOptions, type RunLogOptions } from './run-log-options.ts';

/** The plugin's state. */
export interface RunLogState extends Record<string, unknown> {
  /** The rows of the log so far. */
  rows: number;
}

/** The result of `run.use(plugin)`. */
export interface RunLogApi {
  /** The absolute path of the folder. */
  readonly folder: string;
  /** Why rows could not be written, in their order. */
  failures(): readonly string[];
  /** Resolves when the rows so far are written. */
  written(): Promise<void>;
}

/** The values of one run. */
interface Locals {
  lock: Lock | undefined;
  writer: LogWriter | undefined;
  /** When training began, by a clock that never goes back, less the seconds of earlier processes. */
  since: number;
  /** The steps since the last row, and their time. */
  steps: number;
  milliseconds: number;
  /** What the validation that is going on predicts. */
  collector: Collector | undefined;
}

/**
 * Plugin: writes the course of a run to a folder: loss, learning rate and scalars of every N-th step, all figures of each
 * epoch, options, environment and git commit. docs/run-folder.md describes the files.
 *
 * Training does not wait for a loss or for the disk. A run that goes on from a checkpoint cuts the log back to it, so each step is
 * there once. If the disk fails, this is logged once, and the run goes on.
 *
 * @throws CantripError OPTION_INVALID; while training RUN_LOG_BUSY if another run writes to the folder, RUN_LOG_WRITE,
 *   RUN_LOG_INVALID, RUN_LOG_NEWER
 * @example
 * ```ts
 * const plugins = [runLog({ folder: 'runs/mnist', every: 10, hyperparameters: { width: 64 } })];
 * // after training: runs/mnist/run.json, scalars.jsonl, times.jsonl, steps.csv, epochs.csv
 * ```
 */
export function runLog(options: RunLogOptions): Plugin<RunLogState, RunLogApi, Locals> {
  const { folder: given, every, hyperparameters, predictions, worst } = readRunLogOptions(options);
  const folder = resolve(given);

  function add(locals: Locals, state: RunLogState, row: Promise<ScalarRow> | ScalarRow): void {
    const seconds = (performance.now() - locals.since) / 1000;
    const { steps, milliseconds, writer } = locals;
    const at = new Date().toISOString();
    const memory = process.memoryUsage.rss();
    const stepMilliseconds = steps === 0 ? 0 : milliseconds / steps;
    state.rows += 1;
    Object.assign(locals, { steps: 0, milliseconds: 0 });
    const entry = Promise.resolve(row).then((one) => {
      const { kind, step, epoch } = one;
      return { row: one, time: { kind, step, epoch, at, seconds, stepMilliseconds, memory } };
    });
    writer!.add(entry);
  }

  async function end({ locals }: { readonly locals: Locals }): Promise<void> {
    await locals.writer?.end();
    locals.lock?.release();
    Object.assign(locals, { lock: undefined });
  }

  return {
    name: 'run-log',
    settings: { every, predictions, ...(predictions && { worst }) },
    state: () => ({ rows: 0 }),
    setup() {
      const nothing = { lock: undefined, writer: undefined, collector: undefined };
      const locals: Locals = { ...nothing, since: 0, steps: 0, milliseconds: 0 };
      return { locals, undo: () => locals.lock?.release() };
    },
    async onTrainBegin(context) {
      const { run, step, epoch, state, locals } = context;
      locals.lock = ownLog(folder);
      try {
        const beginning = await planBeginning(folder, { step, epoch, seed: run.seed, rows: state.rows });
        tellOfGap(context, folder, beginning);
        const git = gitCommit();
        const info = infoOf(context, hyperparameters, beginning);
        locals.writer = createLogWriter({
          folder,
          open: async () => openLogFiles(folder, beginning, withGit(info, await git)),
          log: (text) => run.log(text),
        });
        locals.since = performance.now() - beginning.seconds * 1000;
        state.rows = beginning.another || step === 0 ? 0 : state.rows;
      } catch (error) {
        locals.lock.release();
        throw error;
      }
    },
    async onStepEnd({ step, epoch, state, locals, loss, learningRate, scalars, milliseconds }) {
      locals.steps += 1;
      locals.milliseconds += milliseconds;
      if (step % every !== 0) return;
      // Not awaited: the number comes while the next steps run.
      const row = loss().then(
        (value) => ({ kind: 'step', step, epoch, loss: value, learningRate, scalars }) as const,
      );
      add(locals, state, row);
      if (locals.writer!.full()) await locals.writer!.written();
    },
    ...(predictions && predictionHooks(worst)),
    onValidated({ step, epoch, state, locals, logs }) {
      add(locals, state, { kind: 'validation', step, epoch, figures: { ...logs } });
    },
    onEpochEnd({ step, epoch, state, locals, logs }) {
      add(locals, state, { kind: 'epoch', step, epoch, figures: { ...logs } });
    },
    async onSave({ locals }) {
      if (locals.lock) await locals.writer?.written({ sync: true });
    },
    async onSettled(context) {
      if (context.after === 'fit') await end(context);
    },
    onError: end,
    api: (_, __, locals) => ({
      folder,
      failures: () => locals.writer?.failures() ?? [],
      written: async () => locals.writer?.written(),
    }),
  };
}

/** Hooks that write what the model predicts in a validation. */
const predictionHooks = (
  worst: number,
): Pick<LogPlugin, 'onEvaluateBegin' | 'onEvaluateBatch' | 'onEvaluateEnd'> => ({
  onEvaluateBegin({ purpose, locals, keepExamples }) {
    if (purpose !== 'validation' || !locals.writer) return;
    keepExamples();
    locals.collector = collectPredictions(worst);
  },
  async onEvaluateBatch({ purpose, locals, examples, ...batch }) {
    // A hook may evaluate other data during the validation.
    if (purpose === 'validation' && examples) await locals.collector?.add({ ...batch, examples });
  },
  onEvaluateEnd({ purpose, step, epoch, locals }) {
    if (purpose !== 'validation') return;
    const parts = locals.collector?.parts();
    locals.collector = undefined;
    if (parts && parts.length > 0)
      locals.writer!.put(runFiles.predictions, {
        format: 'cantrip-predictions',
        version: 1,
        step,
        epoch,
        parts,
      });
  },
});

type LogPlugin = Plugin<RunLogState, RunLogApi, Locals>;
type Begin = HostContext<RunLogState, Locals> & TrainBegin;

function infoOf(
  { run, step, epoch, device, describe }: Begin,
  hyperparameters: RunInfo['hyperparameters'],
  { info }: Beginning,
): RunInfo {
  const plugins = run.plugins.map((plugin) => {
    const { name, instance, settings } = plugin as Plugin;
    return { name: instance === undefined ? name : `${name}:${instance}`, settings };
  });
  const names = run.plugins.map(({ name }) => name);
  const start = { step, epoch, at: new Date().toISOString(), environment: environmentOf(device, names) };
  return {
    format: 'cantrip-run',
    version: 1,
    seed: run.seed,
    hyperparameters,
    plugins,
    description: describe(),
    starts: [...(info?.starts ?? []), start].slice(-100),
  };
}

function withGit(info: RunInfo, git: RunInfo['starts'][number]['git']): RunInfo {
  const { starts } = info;
  return { ...info, starts: [...starts.slice(0, -1), { ...starts.at(-1)!, git }] };
}

function tellOfGap({ run, step, state }: Begin, folder: string, { another, rows }: Beginning): void {
  if (step === 0 || another || rows === state.rows) return;
  run.log(
    `[run-log] ${folder} holds ${rows} of the ${state.rows} rows up to step ${step}. The log goes on without the others.`,
  );
}
