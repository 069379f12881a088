import { parseOptions } from '@cantrip/errors';
import type { HorizonOptions, StepFunction } from '@cantrip/plugin-kit';
import { plainSettings } from '@cantrip/plugin-kit';
import type { Plugin, StepContext } from '@cantrip/trainer';
import * as v from 'valibot';
import { penalised } from './confidence-penalty.ts';
import { type Activation, isPenalty, isShare } from '../smoothing/option-checks.ts';
import {
  activationSchema,
  priorSchema,
  scheduledPenaltySchema,
  scheduledSmoothingSchema,
} from '../smoothing/option-schemas.ts';
import { type ScheduledState, scheduleFunctions } from './schedule-functions.ts';
import { smoothTargets } from './smooth-targets.ts';
import { createHandover, type SmoothedByPlugin, type StepSmoothing } from './handover-to-loss.ts';

/**
 * Options of `labelSmoothing`. `pastEnd` and `newHorizon` are for schedules of `@cantrip/lr-schedules`; see
 * `lrSchedule` there.
 */
export interface LabelSmoothingOptions extends HorizonOptions {
  /**
   * The share to spread over all classes, in [0, 1): one number, or one for each true class. Or a function of the
   * step, such as a schedule of `@cantrip/lr-schedules`. 0.1 by default; 0 changes nothing.
   */
  readonly smoothing?: number | readonly number[] | StepFunction;
  /**
   * The distribution to smooth towards: one probability for all classes, or one for each. By default `1 / K`, or 1/2
   * for a sigmoid.
   */
  readonly prior?: number | readonly number[] | undefined;
  /** `softmax` by default; `sigmoid` for multi-label targets. */
  readonly activation?: Activation;
  /**
   * The penalty for confident outputs: the loss becomes `loss - penalty * entropy of the outputs`. A number of at
   * least 0, or a function of the step; 0 by default.
   */
  readonly confidencePenalty?: number | StepFunction;
  /** The name of the targets to smooth, or a list of names. Required if the batch has several targets. */
  readonly output?: string | readonly string[] | undefined;
  /** Tells several of these plugins apart, e.g. one for each output: any text. */
  readonly instance?: string | undefined;
}

const name = 'label-smoothing';
const isName = (value: unknown): value is string => typeof value === 'string' && value !== '';
const outputSchema = v.custom<string | readonly string[]>(
  (value) => isName(value) || (Array.isArray(value) && value.length > 0 && value.every(isName)),
  'must be a name, or a list of names',
);

const optionsSchema = v.strictObject({
  smoothing: v.optional(scheduledSmoothingSchema, 0.1),
  prior: v.optional(priorSchema),
  activation: v.optional(activationSchema, 'softmax'),
  confidencePenalty: v.optional(scheduledPenaltySchema, 0),
  output: v.optional(outputSchema),
  instance: v.optional(v.pipe(v.string(), v.minLength(1))),
  pastEnd: v.optional(v.picklist(['throw', 'hold'])),
  newHorizon: v.optional(v.picklist(['keep', 'stretch', 'continue'])),
});

type Parsed = v.InferOutput<typeof optionsSchema>;

/** What the plugin knows in one run. */
interface LabelSmoothingLocals {
  /** Whether a loss of the run smooths by this plugin. Then the plugin must not smooth. */
  readonly lossSmooths: boolean;
}

/** The run lengths that schedules are bound to; empty without a schedule. */
export type LabelSmoothingState = ScheduledState;

/**
 * Plugin: smooths the targets of the training loss. Metrics and validation use the true targets.
 *
 * Targets are class indices, in the outputs' shape without its last axis. Or they are one-hot or soft targets, in
 * the outputs' shape. The number of classes is the size of the outputs' last axis. Class indices become a matrix
 * `[…, K]` for the loss. The loss `smoothedCrossEntropy({ smoothing: thisPlugin })` avoids this matrix.
 *
 * @throws CantripError OPTION_INVALID. When training begins: SCHEDULE_SHORT or SCHEDULE_HORIZON if a schedule does
 *   not match the run's length. While training: SHAPE_MISMATCH or DTYPE_MISMATCH if targets do not match the
 *   outputs; HOOK_RESULT if a function of the step returns a value out of range
 * @example
 * ```ts
 * createTrainer({ …, loss: softmaxCrossEntropy(), plugins: [labelSmoothing({ smoothing: 0.1 })] });
 * labelSmoothing({ smoothing: linear({ initialValue: 0.2, endValue: 0, steps: '100%' }) }); // annealed
 * ```
 */
export function labelSmoothing(
  options: LabelSmoothingOptions = {},
): Plugin<LabelSmoothingState, void, LabelSmoothingLocals> {
  const parsed = parseOptions('labelSmoothing', optionsSchema, options);
  const { activation, prior } = parsed;
  const output = typeof parsed.output === 'string' ? [parsed.output] : parsed.output;
  const plugin: Plugin<LabelSmoothingState, void, LabelSmoothingLocals> = {
    name,
    instance: parsed.instance,
    settings: plainSettings({ ...parsed, instance: undefined }),
    // Plugins that mix labels, such as mixup, need unsmoothed labels. Both are linear, so smoothing the mixed labels
    // is correct.
    after: [{ provides: 'mixes-labels' }],
    ...scheduleFunctions(
      {
        labelSmoothing: {
          value: parsed.smoothing,
          option: 'smoothing',
          range: 'must be a number in [0, 1)',
          fits: isShare,
        },
        confidencePenalty: {
          value: parsed.confidencePenalty,
          option: 'confidencePenalty',
          range: 'must be a number >= 0 and < Infinity',
          fits: isPenalty,
        },
      },
      parsed,
    ),
    setup: ({ losses }) => ({
      locals: { lossSmooths: losses.some((loss) => (loss as SmoothedByPlugin).smoothedBy === plugin) },
    }),
    transformTargets(targets, { scalar, outputs, locals }) {
      const current = ofStep(parsed, scalar);
      const { smoothing } = current;
      if (locals.lossSmooths) {
        handover.begin(current);
        return targets;
      }
      return smoothing === 0
        ? targets
        : smoothTargets(targets, outputs, { smoothing, prior, activation }, output);
    },
    transformLoss(loss, { scalar, outputs, weights, locals }) {
      if (locals.lossSmooths) {
        handover.end();
        return loss;
      }
      const { confidencePenalty } = ofStep(parsed, scalar);
      return confidencePenalty === 0
        ? loss
        : penalised(loss, outputs, { confidencePenalty, activation, output, weights });
    },
    onError: () => handover.end(),
  };
  const handover = createHandover(plugin, { activation, prior });
  return plugin;
}

/** The smoothing of this step: numbers for constants, scalar tensors for functions of the step. */
function ofStep(
  { smoothing, prior, confidencePenalty }: Parsed,
  scalar: StepContext['scalar'],
): StepSmoothing {
  return {
    smoothing: typeof smoothing === 'function' ? scalar('labelSmoothing') : smoothing,
    confidencePenalty:
      typeof confidencePenalty === 'function' ? scalar('confidencePenalty') : confidencePenalty,
    prior,
  };
}
