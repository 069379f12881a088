import { CantripError, isCantripError, parseOptions } from '@cantrip/errors';
import type { BatchSource, FitOptions, Run, Snapshot, Trainer } from '@cantrip/trainer';
import * as v from 'valibot';
import { optionInvalid } from '../core/option-invalid.ts';
import { positiveSchema } from '../core/option-schemas.ts';
import { beginSweep, type Sweep } from '../core/learning-rate-sweep.ts';
import { suggestLearningRates, type Suggestions } from './suggest-learning-rates.ts';
import type { SweepPoint, Swept } from './swept.ts';

export interface FindLearningRateOptions {
  /** The first learning rate, above 0; 1e-7 by default. */
  readonly startValue?: number;
  /** The last learning rate, above `startValue`; 10 by default. */
  readonly endValue?: number;
  /** The number of steps, at least 10; 100 by default. */
  readonly steps?: number;
  /**
   * Whether the rate grows by a factor (`exponential`) or by a difference (`linear`) at each step; `exponential` by
   * default.
   */
  readonly sweep?: 'exponential' | 'linear';
  /** The decay of the moving average of the loss, in [0, 1); 0.98 by default. */
  readonly smoothing?: number;
  /** Stops early when the smoothed loss is this many times its smallest value; above 1, 4 by default. */
  readonly stopFactor?: number;
  /** The number of steps at the start that the suggestions ignore; a tenth of `steps` by default. */
  readonly skipStart?: number | undefined;
  /** The number of steps at the end that the suggestions ignore; 5 by default. */
  readonly skipEnd?: number;
  /** Ends the sweep after the current step. Then the trainer is restored and the signal's reason is thrown. */
  readonly signal?: AbortSignal | undefined;
}

export interface FoundLearningRates extends Swept {
  readonly suggestions: Suggestions;
  /** Whether the sweep stopped early, because the loss was too large or NaN. */
  readonly diverged: boolean;
}

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const findOptions = v.strictObject({
  startValue: v.optional(positiveSchema, 1e-7),
  endValue: v.optional(positiveSchema, 10),
  steps: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(10)), 100),
  sweep: v.optional(v.picklist(['exponential', 'linear']), 'exponential'),
  smoothing: v.optional(v.pipe(v.number(), v.minValue(0), v.ltValue(1)), 0.98),
  stopFactor: v.optional(v.pipe(v.number(), v.gtValue(1)), 4),
  skipStart: v.optional(count),
  skipEnd: v.optional(count, 5),
  signal: v.optional(v.instance(AbortSignal)),
});

const trainerSchema = v.looseObject(
  { open: v.function(), save: v.function(), restore: v.function(), fit: v.function() },
  'must be a trainer that createTrainer made',
);

type Checked = v.InferOutput<typeof findOptions>;

/**
 * Finds a good learning rate: trains for some steps with a growing learning rate, and suggests rates.
 *
 * Step i of n has the rate `startValue * (endValue / startValue)^(i / n)`. A linear sweep has `startValue +
 * (endValue - startValue) * i / n`. Afterwards, the weights, the optimizer, the plugins' states and the position are
 * restored, bit for bit, also after an error. Hooks of other plugins are called as in training, but no epoch ends.
 *
 * @param trainer - a trainer with `lrSchedule(…)` among its plugins; the finder sets the rate through it
 * @param data - the training data; it starts again when it ends
 * @throws CantripError OPTION_INVALID, PLUGIN_ABSENT without `lrSchedule`, or what training throws; the reason of
 *   an aborted `signal`
 * @example
 * ```ts
 * const { suggestions } = await findLearningRate(trainer, train);
 * suggestions.valley; // e.g. 0.012
 * ```
 * @see Smith, Cyclical Learning Rates for Training Neural Networks, section 3.3, https://arxiv.org/abs/1506.01186
 */
export async function findLearningRate(
  trainer: Trainer,
  data: BatchSource,
  options: FindLearningRateOptions = {},
): Promise<FoundLearningRates> {
  parseOptions('findLearningRate', v.object({ trainer: trainerSchema }), { trainer });
  const checked = parseOptions('findLearningRate', findOptions, options);
  const { startValue, endValue, signal } = checked;
  signal?.throwIfAborted();
  if (endValue <= startValue) {
    const what = `endValue must be above startValue, got ${endValue} and ${startValue}`;
    throw optionInvalid('findLearningRate', what, 'Set endValue to a number above startValue');
  }
  const { run } = await trainer.open();
  const before = await trainer.save();
  const sweep = createSweep(run, checked, before.position.step);
  const end = beginSweep(run, sweep);
  if (!end) throw noHost();
  try {
    // The sweep is a separate epoch, with its own length.
    const batches = checked.steps * (run.optimizer?.batchesPerStep ?? 1);
    const source = endless(data, before, batches);
    const { batchesPerEpoch } = source;
    if (before.position.batch > 0) await trainer.restore({ ...before, data: { batchesPerEpoch } });
    await train(trainer, source, { epochs: before.position.epoch + 1, signal }, sweep);
  } finally {
    end();
    await trainer.restore(before);
  }
  signal?.throwIfAborted();
  const { skipStart = Math.floor(checked.steps / 10), skipEnd } = checked;
  const swept = { points: sweep.points, skipStart, skipEnd };
  return { ...swept, suggestions: suggestLearningRates(swept), diverged: sweep.diverged() };
}

interface RecordingSweep extends Sweep {
  readonly points: SweepPoint[];
  diverged(): boolean;
  diverge(): void;
}

function createSweep(run: Run, options: Checked, from: number): RecordingSweep {
  const { startValue, endValue, steps, smoothing, stopFactor } = options;
  const points: SweepPoint[] = [];
  let taken = 0;
  let [sum, weights] = [0, 0];
  let best = Infinity;
  let diverged = false;
  const diverge = (): void => {
    diverged = true;
    run.stop('the learning rate finder stopped early, because the loss is too large');
  };
  return {
    from,
    points,
    diverged: () => diverged,
    diverge,
    rateAt(step) {
      const progress = (step - from) / steps;
      return options.sweep === 'linear'
        ? startValue + (endValue - startValue) * progress
        : startValue * (endValue / startValue) ** progress;
    },
    take(learningRate, loss, weight) {
      if (!Number.isFinite(loss)) return diverge();
      taken += 1;
      sum = smoothing * sum + (1 - smoothing) * loss * weight;
      weights = smoothing * weights + (1 - smoothing) * weight;
      // A step without any weight has no loss. A 0 would wrongly be the smallest loss.
      if (weight > 0) {
        const smoothedLoss = sum / weights;
        points.push({ learningRate, loss, smoothedLoss });
        best = Math.min(best, smoothedLoss);
        if (smoothedLoss > stopFactor * best && taken < steps) return diverge();
      }
      if (taken >= steps) run.stop('the learning rate finder is done');
    },
  };
}

async function train(
  trainer: Trainer,
  source: BatchSource,
  options: FitOptions,
  sweep: RecordingSweep,
): Promise<void> {
  try {
    await trainer.fit(source, options);
  } catch (error) {
    // A loss that is not finite ends the sweep. The trainer reports it as an error.
    const found = isCantripError(error) ? error.code : undefined;
    if (found !== 'LOSS_NOT_FINITE' && found !== 'PARAMETER_NOT_FINITE') throw error;
    sweep.diverge();
  }
}

type EndlessSource = BatchSource & { readonly batchesPerEpoch: number };

/** The data from the run's position on, repeated, as one epoch that never ends. */
function endless(data: BatchSource, { position }: Snapshot, batches: number): EndlessSource {
  return {
    batchesPerEpoch: position.batch + batches + 1,
    async *batches(request) {
      for (let place = request; ; place = { ...request, epoch: place.epoch + 1, start: 0, examples: 0 }) {
        let count = 0;
        for await (const batch of data.batches(place)) {
          count += 1;
          yield batch;
        }
        if (count === 0 && place.start === 0) throw noBatch();
      }
    },
  };
}

function noBatch(): CantripError {
  return new CantripError('DATA_EMPTY', {
    who: 'findLearningRate',
    what: 'the data has no batch',
    fix: 'Provide at least one batch, and return a new iterator at each call of batches()',
  });
}

function noHost(): CantripError {
  return new CantripError('PLUGIN_ABSENT', {
    who: 'findLearningRate',
    what: 'needs the plugin lrSchedule, which this trainer does not have',
    fix: 'Add it to the plugins, e.g. lrSchedule(constant({ value: 0.1 }))',
  });
}
