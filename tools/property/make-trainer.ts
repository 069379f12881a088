import { batchNormFreezing } from '@cantrip/freeze-bn';
import { labelSmoothing, smoothedCrossEntropy } from '@cantrip/label-smoothing';
import { lrSchedule } from '@cantrip/lr-schedules';
import { accumulateGradients, sgd } from '@cantrip/optimizers';
import {
  accuracy,
  type AnyPlugin,
  binaryAccuracy,
  createTrainer,
  type Loss,
  meanSquaredError,
  type Metric,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  topK,
  type Trainer,
  type TrainerOptions,
} from '@cantrip/trainer';
import type { Variable } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { buildFunctionModel } from './build-function-model.ts';
import { buildLayersModel } from './build-layers-model.ts';
import { type Case, type HeadDraw, outputName, RUN_SEED } from './case.ts';
import { classWeightsOf } from './class-weights.ts';
import { learningRateAt } from './learning-rate.ts';

export type Way = Required<Pick<TrainerOptions, 'device' | 'capture'>>;

/** A trainer of a case, and how to dispose of it and of its model. */
export function makeTrainer(
  { model, run }: Case,
  way: Way,
  more: readonly AnyPlugin[],
): { trainer: Trainer; dispose: () => void } {
  const smoothing = smoothingOf(model.heads, run.labelSmoothing);
  const optimizer = sgd({ learningRate: run.learningRate, momentum: run.momentum });
  let free = (): void => undefined;
  const build = () => {
    if (model.form === 'layers') {
      const built: LayersModel = buildLayersModel(model);
      // The model's own dispose() keeps the weights of a layer that is called twice.
      free = () => built.weights.forEach((weight) => weight.dispose());
      return built;
    }
    const built: ReturnType<typeof buildFunctionModel> = buildFunctionModel(model);
    free = () => built.variables.forEach((variable: Variable) => variable.dispose());
    return built.model;
  };
  const trainer = createTrainer({
    ...way,
    model: build,
    optimizer: run.accumulate > 1 ? accumulateGradients(optimizer, { steps: run.accumulate }) : optimizer,
    loss: byOutput(model.heads.map((head, at) => lossOf(head, at === 0 ? smoothing : undefined))),
    ...(model.heads.length > 1 && { lossWeights: { [outputName(1)]: 0.5 } }),
    metrics: byOutput(model.heads.map(metricsOf)),
    handleInterrupt: false,
    log: () => undefined,
    plugins: [
      { name: 'fixed-seed', seed: RUN_SEED },
      smoothing,
      run.freezeBatchNorm && batchNormFreezing({ at: 2 }),
      run.schedule && lrSchedule((step) => learningRateAt(run, step)),
      ...more,
    ],
  });
  return {
    trainer,
    dispose: () => {
      trainer.dispose();
      free();
    },
  };
}

function byOutput<T>(parts: readonly T[]): T | Readonly<Record<string, T>> {
  if (parts.length === 1) return parts[0]!;
  return Object.fromEntries(parts.map((part, at) => [outputName(at), part]));
}

/** The plugin for the first output, where its loss is about classes. */
function smoothingOf(heads: readonly HeadDraw[], smoothing: number): AnyPlugin | undefined {
  if (smoothing === 0 || heads[0]!.loss === 'meanSquaredError') return undefined;
  const activation = heads[0]!.loss === 'sigmoidCrossEntropy' ? 'sigmoid' : 'softmax';
  return labelSmoothing({ smoothing, activation, ...(heads.length > 1 && { output: outputName(0) }) });
}

function lossOf(head: HeadDraw, plugin: AnyPlugin | undefined): Loss {
  if (head.loss === 'meanSquaredError') return meanSquaredError();
  if (head.loss === 'sigmoidCrossEntropy') return sigmoidCrossEntropy();
  const weights = head.classWeights ? { classWeights: classWeightsOf(head.units) } : {};
  if (head.loss === 'softmaxCrossEntropy') return softmaxCrossEntropy(weights);
  const { ignoreIndex, smoothing } = head;
  return smoothedCrossEntropy({ ...weights, ignoreIndex, smoothing: plugin ?? smoothing });
}

function metricsOf(head: HeadDraw): readonly Metric[] {
  if (head.loss === 'meanSquaredError') return [];
  if (head.loss === 'sigmoidCrossEntropy') return [binaryAccuracy()];
  return [accuracy(), topK({ k: 2 })];
}
