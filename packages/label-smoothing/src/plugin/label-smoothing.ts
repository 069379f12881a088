import { parseOptions } from '@cantrip/errors';
import type { HorizonOptions, Plugin, StepContext, StepFunction } from '@cantrip/trainer';
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
import { createHandover, type StepSmoothing } from './handover-to-loss.ts';

/** `pastEnd` and `newHorizon` are about schedules of `@cantrip/lr-schedules`, and what they are in `lrSchedule`. */
export interface LabelSmoothingOptions extends HorizonOptions {
  /**
   * The share that is spread, in [0, 1): one number, one for each true class, or a function of the step, such as a
   * schedule of `@cantrip/lr-schedules`; 0.1 by default, 0 changes nothing.
   */
  readonly smoothing?: number | readonly number[] | StepFunction;
  /** What is smoothed towards: a probability for all, or one for each class; `1 / K`, or 1/2 for a sigmoid. */
  readonly prior?: number | readonly number[] | undefined;
  /** `softmax` by default; `sigmoid` for multi-label targets. */
  readonly activation?: Activation;
  /** What a low entropy of the outputs costs, `loss - penalty * entropy`: a number or a function of the step; 0. */
  readonly confidencePenalty?: number | StepFunction;
  /** Which targets, where the batch has several by name: one, or a list. */
  readonly output?: string | readonly string[] | undefined;
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
  pastEnd: v.optional(v.picklist(['throw', 'hold'])),
  newHorizon: v.optional(v.picklist(['keep', 'stretch', 'continue'])),
});

type Parsed = v.InferOutput<typeof optionsSchema>;

/** What schedules are measured against; empty without one. */
export type LabelSmoothingState = ScheduledState;

/**
 * Plugin: the loss sees smoothed targets; metrics and validation see the true ones.
 *
 * Targets are class indices (the outputs' shape without its last axis) or one-hot or soft targets (the outputs'
 * shape). The number of classes is the outputs' last axis. Class indices become a matrix `[…, K]` for the loss, unless
 * that is `smoothedCrossEntropy({ smoothing: thisPlugin })`, which smooths them itself.
 *
 * @throws CantripError OPTION_INVALID; while training SHAPE_MISMATCH or DTYPE_MISMATCH for targets that do not fit,
 *   HOOK_RESULT for a function of the step that leaves its range,
 *   SCHEDULE_SHORT or SCHEDULE_HORIZON when training begins and a schedule does not fit the run
 * @example
 * ```ts
 * createTrainer({ …, loss: softmaxCrossEntropy(), plugins: [labelSmoothing({ smoothing: 0.1 })] });
 * labelSmoothing({ smoothing: linear({ initialValue: 0.2, endValue: 0, steps: '100%' }) }); // annealed
 * ```
 */
export function labelSmoothing(options: LabelSmoothingOptions = {}): Plugin<LabelSmoothingState> {
  const parsed = parseOptions('labelSmoothing', optionsSchema, options);
  const { activation, prior } = parsed;
  const output = typeof parsed.output === 'string' ? [parsed.output] : parsed.output;
  const plugin: Plugin<LabelSmoothingState> = {
    name,
    // What mixes labels must see them sharp. Both are linear, so that smoothing what is mixed is as good as the reverse.
    after: [{ mixesLabels: true }],
    ...scheduleFunctions(
      {
        labelSmoothing: {
          value: parsed.smoothing,
          option: 'smoothing',
          range: 'must be in [0, 1)',
          fits: isShare,
        },
        confidencePenalty: {
          value: parsed.confidencePenalty,
          option: 'confidencePenalty',
          range: 'must be at least 0 and finite',
          fits: isPenalty,
        },
      },
      parsed,
    ),
    transformTargets(targets, { scalars, outputs }) {
      const current = ofStep(parsed, scalars);
      const { smoothing } = current;
      if (handover.isTaken()) {
        handover.begin(current);
        return targets;
      }
      return smoothing === 0
        ? targets
        : smoothTargets(targets, outputs, { smoothing, prior, activation }, output);
    },
    transformLoss(loss, { scalars, outputs, weights }) {
      if (handover.isTaken()) {
        handover.end();
        return loss;
      }
      const { confidencePenalty } = ofStep(parsed, scalars);
      return confidencePenalty === 0
        ? loss
        : penalised(loss, outputs, { confidencePenalty, activation, output, weights });
    },
    onError: () => handover.drop(),
  };
  const handover = createHandover(plugin, { activation, prior });
  return plugin;
}

/** What this step smooths by: constants as numbers, what changes as scalars. */
function ofStep(
  { smoothing, prior, confidencePenalty }: Parsed,
  scalars: StepContext['scalars'],
): StepSmoothing {
  return {
    smoothing: typeof smoothing === 'function' ? scalars['labelSmoothing']! : smoothing,
    confidencePenalty:
      typeof confidencePenalty === 'function' ? scalars['confidencePenalty']! : confidencePenalty,
    prior,
  };
}
