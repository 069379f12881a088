import { resolve } from 'node:path';
import {
  exactSteps,
  figuresOfStep,
  isDue,
  type Length,
  matchesName,
  settingsOfRun,
} from '@cantrip/plugin-kit';
import type { Clock, HostContext, Plugin, Run, State, Validated } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { histogramOf, type Numbers } from '../summaries/histogram.ts';
import { pictureOf, type Pixels } from '../summaries/picture.ts';
import { checkEvent, checkNumber, checkNumbers, checkText } from '../writer/check-event.ts';
import { writeFailed } from '../writer/event-writer.ts';
import { figuresByRun } from './figures-by-run.ts';
import { sourcesOf, writeHistograms } from './histograms-of-step.ts';
import { keepGradients, type KeptGradients, roomForGradients } from './kept-gradients.ts';
import { openFolders, type RunFolders } from './run-folders.ts';
import { readTensorBoardOptions, type TensorBoardOptions } from './tensor-board-options.ts';

/** The result of `run.use(plugin)`: writes to the folder `steps` at the run's current step. Before `fit` nothing is written. */
export interface TensorBoardApi {
  /** One point of a curve. */
  scalar(tag: string, value: number): void;
  /** How values are distributed. */
  histogram(tag: string, values: Numbers): void;
  /** A picture: bytes from 0 to 255, or floats from 0 to 1, of shape `[height, width]` or `[height, width, channels]`. */
  image(tag: string, pixels: Pixels): void;
  /** A text, shown as Markdown. */
  text(tag: string, text: string): void;
  /** Resolves when the system has everything so far. */
  flush(): Promise<void>;
}

/** The values of one run. */
interface Locals {
  readonly gradients: KeptGradients | undefined;
  folders: RunFolders | undefined;
  step: number;
  /** The last sampled step, and when it was. */
  before: { readonly step: number; readonly time: number } | undefined;
  /** What is still being read or counted. */
  work: Promise<void>;
  counting: Promise<void>;
  /** What the figures of the validation sets begin with. */
  readonly prefixes: Set<string>;
  saidFailed: boolean;
}

type Context = HostContext<State, Locals>;

/**
 * Plugin: writes a run for TensorBoard.
 *
 * `steps` has the loss, the learning rate, scheduled scalars and the speed of every `every`-th step. `train` and `validation` have
 * the figures of epochs under the same names (`epoch_loss`), so TensorBoard draws both in one chart. The x axis of all is the
 * number of steps. No step waits for the disk. If the disk fails, this is logged once, and the run goes on. A resumed run draws
 * each step once.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * const plugins = [tensorBoard({ folder: 'runs/mnist', every: 20, histograms: { every: '1ep', gradients: true } })];
 * await createTrainer({ …, plugins }).fit(train, { epochs: 10, validation }); // then: tensorboard --logdir runs
 * ```
 */
export function tensorBoard(options: TensorBoardOptions): Plugin<State, TensorBoardApi, Locals> {
  const { folder: given, every, histograms, hyperparameters } = readTensorBoardOptions(options);
  const folder = resolve(given);
  const isChosenOf =
    ({ roles }: Run) =>
    (name: string): boolean =>
      histograms !== undefined && matchesName(histograms.names, name, roles?.[name]);

  async function onStepEnd(context: Context & Parameters<typeof figuresOfStep>[0]): Promise<void> {
    const { locals, run, step } = context;
    locals.step = step;
    const { folders } = locals;
    if (!folders) return;
    if (due(every, context, step)) {
      const figures = figuresOfStep(context);
      const speed = speedSince(locals, step);
      const written = figures.then((all) =>
        folders.steps.scalars(tagged('batch', { ...all, ...speed }), step),
      );
      locals.work = locals.work.then(() => written);
    }
    if (!histograms || !due(histograms.every, context, step)) return;
    // No second set of copies before the first one is counted.
    await locals.counting;
    const sources = sourcesOf(run, {
      weights: histograms.weights,
      gradients: locals.gradients,
      isChosen: isChosenOf(run),
    });
    locals.counting = (await writeHistograms(sources, folders.steps, step)).counted;
  }

  async function end(locals: Locals, status: 'finished' | 'failed'): Promise<void> {
    await Promise.all([locals.work, locals.counting]);
    locals.folders?.settings.end(status);
    await locals.folders?.close();
  }

  return {
    name: 'tensorboard',
    settings: {
      folder,
      every,
      ...(histograms && { histograms: { ...histograms, names: String(histograms.names) } }),
    },
    setup(run) {
      const locals: Locals = {
        gradients: histograms?.gradients ? roomForGradients(run, isChosenOf(run)) : undefined,
        folders: undefined,
        step: 0,
        before: undefined,
        work: Promise.resolve(),
        counting: Promise.resolve(),
        prefixes: new Set(),
        saidFailed: false,
      };
      const undo = (): void => {
        if (locals.gradients) tf.dispose(locals.gradients.values as tf.NamedTensorMap);
        void locals.folders?.close();
      };
      return { locals, undo };
    },
    ...(histograms?.gradients && {
      onStepBegin: (context: Context) => {
        context.locals.gradients!.keeps = due(histograms.every, context, context.step + 1);
      },
      structure: ({ locals }: Context) => (locals.gradients!.keeps ? 'keeps the gradients' : ''),
      transformOptimizer: (optimizer, { locals }) => keepGradients(optimizer, locals.gradients!),
    }),
    onTrainBegin({ run, locals, step, batch, epochs }) {
      const folders = openFolders(folder, { step, batch }, (error, lost) => {
        if (locals.saidFailed) return;
        locals.saidFailed = true;
        run.log(`${writeFailed('tensorboard', folder, lost, error).message} The run goes on.`);
      });
      Object.assign(locals, { folders, step, before: undefined });
      if (folders.replacesOther)
        run.log(
          `[tensorboard] ${folder} has events of an earlier run. TensorBoard will draw this run instead of it.`,
        );
      folders.settings.begin({ ...settingsOfRun(run), epochs, ...hyperparameters });
    },
    onStepEnd,
    onEvaluateBatch({ locals, purpose, prefix }) {
      if (purpose === 'validation') locals.prefixes.add(prefix);
    },
    onValidated: (context) => writeFigures(context),
    onEpochEnd: (context) => writeFigures(context, { epoch: context.epoch }),
    // A run that goes on from the snapshot does not repeat the steps before.
    onSave: ({ locals }) => flush(locals),
    onTrainEnd: ({ locals }) => end(locals, 'finished'),
    onError: ({ locals }) => end(locals, 'failed'),
    api: (_, __, locals) => apiOf(locals),
  };
}

/** Figures of an epoch, or of a validation within one, with what else is known of the moment. */
function writeFigures(
  { locals, logs, step }: Context & Validated,
  others: Readonly<Record<string, number>> = {},
): void {
  for (const [name, figures] of Object.entries(figuresByRun(logs, locals.prefixes)))
    locals.folders?.of(name).scalars({ ...tagged('epoch', figures), ...others }, step);
}

const due = (every: Length, clock: Clock, step: number): boolean =>
  isDue(step, exactSteps('tensorBoard', every, clock));

const tagged = (
  prefix: string,
  figures: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(figures).map(([name, value]) => [`${prefix}_${name}`, value]));

/** The steps per second since the last sampled step. */
function speedSince(locals: Locals, step: number): Readonly<Record<string, number>> {
  const { before } = locals;
  const time = performance.now();
  locals.before = { step, time };
  return before && time > before.time
    ? { steps_per_second: (1000 * (step - before.step)) / (time - before.time) }
    : {};
}

function apiOf(locals: Locals): TensorBoardApi {
  const to = (): RunFolders['steps'] | undefined => locals.folders?.steps;
  return {
    scalar(tag, value) {
      checkEvent('scalar', tag, locals.step);
      checkNumber('scalar', value);
      to()?.scalars({ [tag]: value }, locals.step);
    },
    histogram(tag, values) {
      checkEvent('histogram', tag, locals.step);
      checkNumbers('histogram', values);
      const histogram = histogramOf(values);
      if (histogram) to()?.histogram(tag, histogram, locals.step);
    },
    image(tag, pixels) {
      checkEvent('image', tag, locals.step);
      to()?.image(tag, pictureOf('image', pixels), locals.step);
    },
    text(tag, text) {
      checkEvent('text', tag, locals.step);
      checkText('text', text);
      to()?.text(tag, text, locals.step);
    },
    flush: () => flush(locals),
  };
}

async function flush(locals: Locals): Promise<void> {
  await Promise.all([locals.work, locals.counting]);
  await locals.folders?.idle();
}
