import { parseOptions } from '@cantrip/errors';
import {
  batchesPerEpoch,
  copyVariables,
  exactSteps,
  isDue,
  type Length,
  plainSettings,
} from '@cantrip/plugin-kit';
import type { BatchSource, Plugin, Run, State } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import type { LayerSelector } from '../layers/choose-layers.ts';
import { findLayers } from '../freeze/freeze-batch-norm.ts';
import { keepsStatistics } from '../freeze/freeze-statistics.ts';
import { isNone, lengthSchema } from '../freeze/length-schema.ts';
import { layersEntry } from '../layers/freeze-options.ts';
import { requireLayersModel } from '../layers/require-layers-model.ts';
import { estimateStatistics } from './estimate-statistics.ts';
import { inputBatches } from './input-batches.ts';
import { weightsFingerprint } from './weights-fingerprint.ts';

export interface BatchNormReestimationOptions {
  /** The data to take the statistics from: training data without augmentation, in batches as large as memory allows. */
  readonly data: BatchSource;
  /** The largest number of batches, at most one epoch; 200 by default. */
  readonly batches?: number | undefined;
  /**
   * How often to re-estimate; `'1ep'` by default. The next evaluation then uses new statistics. Evaluations in between
   * use the moving statistics. After the last step, statistics are always new.
   */
  readonly every?: Length | undefined;
  /**
   * The layers to re-estimate; by default all batch normalisations of the model. Layers with frozen statistics are
   * skipped.
   */
  readonly layers?: LayerSelector | readonly LayerSelector[] | undefined;
}

const schema = v.strictObject({
  data: v.custom<BatchSource>(
    (value) => typeof value === 'object' && value !== null && 'batches' in value,
    'must be a dataset, or { batchesPerEpoch, batches() }',
  ),
  batches: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1)), 200),
  every: v.optional(
    v.pipe(
      lengthSchema,
      v.check((every) => !isNone(every), 'must be a length longer than 0'),
    ),
    '1ep',
  ),
  layers: layersEntry,
});

const who = 'batchNormReestimation';

/** The saved state of {@link batchNormReestimation}. */
export interface ReestimationState extends State {
  /** The last step after which new statistics were due. */
  due: number;
  /** The step of the last validation with new statistics. */
  used: number;
  /** The step at which `fit` ended. */
  ended: number;
  /** The epoch of the last step. It chooses the batches, so a resumed run takes the same ones. */
  epoch: number;
  /** The variables that have the true statistics since `fit` ended, by name. */
  given: readonly string[];
}

type Values = Readonly<Record<string, Float32Array>>;

/** What one run has computed. */
export interface ReestimationLocals {
  /** The statistics of the last two sets of weights, e.g. of averages and of the run's own weights. */
  known: readonly { readonly of: string; readonly values: Values }[];
}

/**
 * Plugin: evaluates with the true statistics of batch normalisations, as {@link reestimateBatchNorm} computes them.
 *
 * They are computed before validation, `evaluate` and `predict`, for the weights that are evaluated: with averaged
 * weights, for the averages. A plugin that evaluates with other weights must be earlier in the list. Training keeps
 * its own moving statistics. When `fit` ends, the model gets the true statistics of its own weights. A later `fit` goes on
 * with the moving ones, so a resumed run equals an unbroken one.
 *
 * @throws CantripError OPTION_INVALID at once; when the run begins, MODEL_INVALID if the model is a function
 * @example
 * ```ts
 * createTrainer({ …, plugins: [batchNormReestimation({ data: rebatch(train, { batchSize: 256 }), batches: 20 })] });
 * ```
 */
export function batchNormReestimation(
  options: BatchNormReestimationOptions,
): Plugin<ReestimationState, void, ReestimationLocals> {
  const { data, batches, every, layers } = parseOptions(who, schema, options);
  const most = Math.min(batches, batchesPerEpoch(data) || Infinity);

  /** The statistics for the present weights, by names of `run.variables`; none where all layers are frozen. */
  async function statisticsOf(
    run: Run,
    { epoch }: ReestimationState,
    locals: ReestimationLocals,
  ): Promise<Values> {
    const model = requireLayersModel(who, run);
    const chosen = findLayers(who, model, layers).filter((layer) => !keepsStatistics(layer));
    if (chosen.length === 0) return {};
    const names = new Map(Object.entries(run.variables).map(([name, one]) => [one as tf.Tensor, name]));
    const targets = chosen.map(({ movingMean, movingVariance }) => [
      movingMean.read(),
      movingVariance.read(),
    ]);
    const others = [...names.keys()].filter((one) => !targets.flat().includes(one));
    const of = `${epoch} ${targets
      .flat()
      .map((one) => names.get(one))
      .join()} ${await weightsFingerprint(others)}`;
    const found = locals.known.find((one) => one.of === of);
    if (found) return found.values;
    const given = data.batches({ seed: run.seed, epoch, start: 0 });
    const statistics = await estimateStatistics(who, model, chosen, inputBatches(model, given, most));
    const values = Object.fromEntries(
      chosen.flatMap((layer, at) => {
        const found = statistics.get(layer);
        if (!found) return []; // the model does not call it
        return [found.mean, found.variance].map(
          (one, i) => [names.get(targets[at]![i]!)!, Float32Array.from(one)] as const,
        );
      }),
    );
    locals.known = [...locals.known.slice(-1), { of, values }];
    return values;
  }

  /** The names of the moving statistics of all layers that may be re-estimated. */
  function statisticsNames(run: Run): readonly string[] {
    const chosen = findLayers(who, requireLayersModel(who, run), layers);
    const targets = new Set(
      chosen.flatMap((layer) => [layer.movingMean.read(), layer.movingVariance.read()]),
    );
    return Object.entries(run.variables).flatMap(([name, one]) => (targets.has(one) ? [name] : []));
  }

  return {
    name: 'freeze-bn/reestimation',
    settings: plainSettings({ batches, every, layers }),
    // Early stopping keeps the weights with which a validation was run, so it must stand after this.
    provides: ['evaluation-weights'],
    after: [{ provides: 'evaluation-weights' }],
    state: () => ({ due: 0, used: 0, ended: 0, epoch: 0, given: [] }),
    setup(run) {
      requireLayersModel(who, run);
      return { locals: { known: [] } };
    },
    variables: (run) => {
      const statistics = statisticsNames(run).map((name) => [name, run.variables[name]!] as const);
      return copyVariables(Object.fromEntries(statistics));
    },
    // Later than onTrainBegin, in which early stopping gives back the weights that it has kept.
    onStepBegin({ run, state, ownVariables }) {
      if (state.given.length === 0) return;
      for (const name of state.given)
        tf.tidy(() => run.variables[name]!.assign(tf.clone(ownVariables[name]!)));
      state.given = [];
    },
    onStepEnd(context) {
      context.state.epoch = context.epoch;
      const { step, totalSteps } = context;
      if (step === totalSteps || isDue(step, exactSteps(who, every, context))) context.state.due = step;
    },
    async onEvaluateBegin({ run, state, locals, step, purpose, evaluateWith }) {
      if (step === 0 || !isRenewed(state, step)) return;
      const values = await statisticsOf(run, state, locals);
      tf.tidy(() => evaluateWith(tensorsOf(values)));
      if (purpose === 'validation') state.used = step;
    },
    async onTrainEnd({ run, state, locals, step, ownVariables }) {
      if (step === 0 || state.given.length > 0) return;
      state.ended = step;
      const values = await statisticsOf(run, state, locals);
      tf.tidy(() => {
        for (const [name, one] of Object.entries(tensorsOf(values))) {
          ownVariables[name]!.assign(tf.clone(run.variables[name]!));
          run.variables[name]!.assign(one);
        }
      });
      state.given = Object.keys(values);
    },
  };
}

const tensorsOf = (values: Values): Record<string, tf.Tensor> =>
  Object.fromEntries(Object.entries(values).map(([name, one]) => [name, tf.tensor1d(one)]));

/** Whether an evaluation at this step has new statistics. A second one at the same step has them too. */
const isRenewed = ({ due, used, ended }: ReestimationState, step: number): boolean =>
  due > used || step === used || step === ended;
