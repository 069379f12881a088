import { exactSteps, isDue, plainSettings, watchedFigure } from '@cantrip/plugin-kit';
import type { HostContext, Plugin, StepEnd, Validated } from '@cantrip/trainer';
import {
  type EarlyStoppingOptions,
  type ReadEarlyStopping,
  readEarlyStoppingOptions,
} from './early-stopping-options.ts';
import { type Judgement, judgeFigure, unjudged } from './judge-figure.ts';
import { copiesToKeep, copyWeights, keptWeights } from './kept-weights.ts';

/** The plugin's state. */
export interface EarlyStoppingState extends Record<string, unknown> {
  judgement: Judgement;
  /** The number of epochs that were done when the figure was best. */
  bestEpoch?: number | undefined;
  /** The number of steps that were done when the figure was best. */
  bestStep?: number | undefined;
  /** The losses since the last check of `every`: their sum, and the weight to divide it by. */
  losses: { readonly sum: number; readonly weight: number };
  /** Whether figures within epochs were checked. */
  within?: boolean;
  /** Why training stopped. */
  stopped?: string | undefined;
  /** Whether the model has the best weights, and the plugin those with which training goes on. */
  restored: boolean;
}

/** The result of `run.use(plugin)`. */
export interface EarlyStoppingApi {
  /** The best figure so far; undefined before the first one. */
  best(): number | undefined;
  /** The number of epochs that were done when the figure was best. */
  bestEpoch(): number | undefined;
  /** The number of steps that were done when the figure was best. */
  bestStep(): number | undefined;
  /** Epochs, or checks within them, in a row without improvement. */
  wait(): number;
}

const name = 'early-stopping';
const noLosses = { sum: 0, weight: 0 };

type EarlyStopping = Plugin<EarlyStoppingState, EarlyStoppingApi>;
type Moment = Pick<HostContext<EarlyStoppingState>, 'state' | 'run' | 'ownVariables'>;

/**
 * Plugin: ends training when a figure has not improved for `patience` epochs. After `fit` the model has the weights of
 * the best epoch, however `fit` ended.
 *
 * With `validateEvery` of `fit` or the option `every`, figures are checked within epochs too, and `patience` counts checks. The best
 * weights are then those after the step of the best check.
 *
 * The weights are those that validation used: with averaged weights, the averages. The state of the optimizer stays that
 * of the last step. A later `fit` goes on from the last weights, so a resumed run equals an unbroken one. If the figure
 * has stopped training, a later `fit` stops at once, unless `patience` is larger now.
 *
 * @throws CantripError OPTION_INVALID; while training, if the logs do not hold `monitor`
 * @example
 * ```ts
 * createTrainer({ …, plugins: [earlyStopping({ monitor: 'validation_accuracy', mode: 'max', patience: 5 })] });
 * ```
 * @see Prechelt, Early stopping, but when?, 1998
 */
export function earlyStopping(options: EarlyStoppingOptions = {}): EarlyStopping {
  const read = readEarlyStoppingOptions(options);
  const { monitor, every, startEpoch, patience, restoreBest } = read;

  function onEpochEnd(context: HostContext<EarlyStoppingState> & Validated): void {
    const figure = watchedFigure('earlyStopping', 'monitor', monitor, context);
    if (figure !== undefined && context.epoch > startEpoch) check(context, figure, context.step);
  }

  function onValidated(context: HostContext<EarlyStoppingState> & Validated): void {
    const figure = watchedFigure('earlyStopping', 'monitor', monitor, context);
    if (figure === undefined || context.epoch < startEpoch) return;
    context.state.within = true;
    check(context, figure, context.step);
  }

  /** The loss of a step is a mean, so it counts by its weight. */
  async function onStepEnd(context: HostContext<EarlyStoppingState> & StepEnd): Promise<void> {
    const { state, epoch, step } = context;
    const added = await context.weight();
    const sum = state.losses.sum + (added === 0 ? 0 : (await context.loss()) * added);
    const weight = state.losses.weight + added;
    state.losses = { sum, weight };
    if (!isDue(step, exactSteps(name, every!, context))) return;
    state.losses = noLosses;
    if (epoch >= startEpoch && weight > 0) check(context, sum / weight, step);
  }

  function check(context: Moment & Pick<HostContext, 'epoch'>, value: number, steps: number): void {
    const { state, epoch, run } = context;
    const { judgement, improved, stop } = judgeFigure(state.judgement, value, ruleOf(read));
    state.judgement = judgement;
    if (improved) {
      state.bestEpoch = epoch;
      state.bestStep = steps;
      if (restoreBest) keepBest(context);
    }
    if (!stop) return;
    const within = every !== undefined || state.within === true;
    const when = within ? `after step ${state.bestStep}` : `in epoch ${state.bestEpoch}`;
    const best = judgement.best === undefined ? '' : `; the best was ${inWords(judgement.best)} ${when}`;
    const checks = within ? 'checks' : 'epochs';
    state.stopped = `${monitor} is ${inWords(value)} and has not improved for ${judgement.wait} ${checks}${best}`;
    run.stop(`[early-stopping] ${state.stopped}`);
  }

  function keepBest({ run, ownVariables }: Moment): void {
    const { best, others } = keptWeights(run, ownVariables);
    copyWeights(isValidated(monitor) ? others : run.variables, best);
  }

  const plugin: EarlyStopping = {
    name,
    settings: plainSettings({ ...read }),
    after: [{ provides: 'evaluation-weights' }],
    state: () => ({ judgement: unjudged, restored: false, losses: noLosses }),
    onTrainBegin(context) {
      const { state, run } = context;
      if (state.restored) takeBack(context);
      if (state.stopped === undefined || state.judgement.wait < patience) return;
      run.stop(`[early-stopping] ${state.stopped}`);
    },
    ...(every === undefined ? { onEpochEnd, onValidated } : { onStepEnd }),
    api: (_, state) => ({
      best: () => state.judgement.best,
      bestEpoch: () => state.bestEpoch,
      bestStep: () => state.bestStep,
      wait: () => state.judgement.wait,
    }),
  };
  if (!restoreBest) return plugin;
  return {
    ...plugin,
    variables: copiesToKeep,
    onEvaluateBegin({ purpose, run, state, ownVariables, lent, evaluateWith }) {
      const { best, others } = keptWeights(run, ownVariables);
      // Another plugin would evaluate with what it averaged up to the last epoch.
      if (state.restored && lent.size > 0) evaluateWith(best);
      if (purpose === 'validation' && !state.restored) copyWeights(run.variables, others);
    },
    onTrainEnd: restore,
    onError: restore,
  };
}

/** Gives the model the best weights, and keeps its own. */
function restore({ run, state, ownVariables }: Moment): void {
  if (state.restored || state.bestEpoch === undefined) return;
  const { best, others } = keptWeights(run, ownVariables);
  copyWeights(run.variables, others);
  copyWeights(best, run.variables);
  state.restored = true;
}

/** Gives the model the weights with which training goes on. */
function takeBack({ run, state, ownVariables }: Moment): void {
  copyWeights(keptWeights(run, ownVariables).others, run.variables);
  state.restored = false;
}

const ruleOf = ({
  mode,
  patience,
  minDelta,
  baseline,
}: ReadEarlyStopping): Parameters<typeof judgeFigure>[2] => ({
  mode,
  patience,
  minDelta,
  baseline,
});

/** Figures of the training data are those of the run's own weights. */
const isValidated = (monitor: string): boolean => monitor.startsWith('validation_');

/** Six digits: further ones differ between devices. */
function inWords(figure: number): string {
  return String(Number(figure.toPrecision(6)));
}
