import * as v from 'valibot';
import type { DeviceDescription, HostTensors } from '@cantrip/core-tensor-gpu';
import { CantripError, describe, parseOptions } from '@cantrip/errors';
import { explain } from './explain.ts';
import { openRun } from './live-run.ts';
import { createLife } from './run-life.ts';
import type { BatchSource } from './loop/batch-source.ts';
import { evaluate } from './loop/evaluate.ts';
import { fit, type FitOptions, type History } from './loop/fit.ts';
import type { Clock, Logs, Tensors } from './plugins/plugin.ts';
import type { Run } from './plugins/run.ts';
import { restoreSnapshot, saveSnapshot, type Snapshot } from './snapshot.ts';
import { checkOptions, type TrainerOptions } from './trainer-options.ts';

export interface Trainer {
  /**
   * Trains until `epochs` epochs are complete, counted from the run's start.
   *
   * @throws CantripError LOSS_NOT_FINITE, HOOK_…, SHAPE_MISMATCH, DTYPE_MISMATCH, LABEL_OUT_OF_RANGE, DATA_EMPTY
   */
  fit(train: BatchSource, options: FitOptions): Promise<History>;
  /** Loss and metrics over all examples, in inference mode. */
  evaluate(source: BatchSource): Promise<Logs>;
  /** The model's outputs, in inference mode; yours to dispose of. */
  predict(inputs: HostTensors | Tensors): Promise<Tensors>;
  /** Which plugin does what, in the order in which it happens. */
  explain(): string;
  /** Everything the run needs to go on as if it had never stopped. */
  save(): Promise<Snapshot>;
  /** Puts the run where a snapshot was taken. */
  restore(snapshot: Snapshot): Promise<void>;
  /** Opens the device and builds the model now rather than at the first use. */
  open(): Promise<{ readonly run: Run; readonly device: DeviceDescription }>;
  /** Where the run stands. */
  position(): Pick<Clock, 'epoch' | 'step'>;
  /** Undoes what plugins did, in reverse, and frees the optimizer's slots. The model stays. */
  dispose(): void;
}

const fitOptions = v.strictObject({
  epochs: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  validation: v.optional(v.any()),
});

/**
 * A trainer: the loop that plugins hang their hooks on.
 *
 * Options are checked at once; the device is opened and the model built at the first use.
 *
 * @throws CantripError OPTION_INVALID, MODEL_INVALID, DEVICE_UNKNOWN, PLUGIN_…, ENVIRONMENT_CONFLICT
 * @example
 * ```ts
 * const trainer = createTrainer({
 *   model: () => tf.sequential({ layers: [tf.layers.dense({ units: 10, inputShape: [784] })] }),
 *   optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }),
 *   loss: softmaxCrossEntropy(),
 *   metrics: [accuracy()],
 *   plugins: [seed({ value: 42 }), labelSmoothing({ smoothing: 0.1 })],
 * });
 * const history = await trainer.fit(train, { epochs: 10, validation: test });
 * history.epochs.at(-1); // { loss, accuracy, validation_loss, validation_accuracy }
 * ```
 */
export function createTrainer(given: TrainerOptions): Trainer {
  const options = checkOptions(given);
  const life = createLife((seed) => openRun(options, seed));
  return {
    fit: (train, fitting) => {
      const checked = parseOptions('fit', fitOptions, fitting) as FitOptions;
      checkSource('fit', train);
      if (checked.validation !== undefined) checkSource('fit', checked.validation, 'validation');
      return life.exclusively('fit', (live) => fit(live, train, checked));
    },
    evaluate: (source) => {
      checkSource('evaluate', source);
      return life.exclusively('evaluate', (live) => evaluate(live, source));
    },
    predict: (inputs) => life.exclusively('predict', (live) => live.prediction.run(inputs)),
    explain: () => explain(options.plugins),
    save: () => life.open().then(saveSnapshot),
    restore: (snapshot) =>
      life.exclusively('restore', (live) => Promise.resolve(restoreSnapshot(live, snapshot)), snapshot.seed),
    open: () => life.open().then((live) => ({ run: live.run, device: live.device.describe() })),
    position: () => {
      const live = life.current();
      return { epoch: live?.position.epoch ?? 0, step: live?.position.step ?? 0 };
    },
    dispose: () => life.dispose(),
  };
}

function checkSource(who: string, source: BatchSource, name = 'data'): void {
  const fits =
    typeof source === 'object' &&
    source !== null &&
    typeof source.batches === 'function' &&
    Number.isInteger(source.stepsPerEpoch);
  if (fits && source.stepsPerEpoch > 0) return;
  if (fits) {
    throw new CantripError('DATA_EMPTY', {
      who,
      what: `${name} has ${source.stepsPerEpoch} steps in an epoch`,
      fix: 'Give at least one batch of examples',
    });
  }
  throw new CantripError('OPTION_INVALID', {
    who,
    what: `${name} must be a dataset with stepsPerEpoch and batches(), got ${describe(source)}`,
    fix: "Make one with arrayDataset() of '@cantrip/data'",
  });
}
