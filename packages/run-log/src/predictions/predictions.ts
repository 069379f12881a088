import * as v from 'valibot';
import { unfinite } from '../folder/number-text.ts';

/** An input of a bad prediction. A picture is `[height, width, channels]`; of other inputs there are the first values alone. */
export interface KeptInput {
  readonly shape: readonly number[];
  /** Bytes of a picture in base64: 0 is `low` and 255 is `high`. */
  readonly picture?: { readonly bytes: string; readonly low: number; readonly high: number } | undefined;
  readonly values?: readonly number[] | undefined;
}

/** An example with one of the largest losses. */
export interface WorstExample {
  /** Its place in the validation data, counted from 0. */
  readonly index: number;
  readonly loss: number;
  /** The true class, or the first values of the target. */
  readonly target: readonly number[];
  readonly prediction: readonly number[];
  /** The probability that the model gave its prediction; of classes alone. */
  readonly confidence?: number | undefined;
  readonly input?: KeptInput | undefined;
}

interface PartOf {
  /** `validation`, or `validation_noisy` if there are several data. */
  readonly data: string;
  /** The name of the output; empty if the model has one. */
  readonly output: string;
  /** Examples, or places in them, that count. */
  readonly count: number;
  readonly worst: readonly WorstExample[];
}

/** What was predicted where each example, or each place in it, has a class. */
export interface ClassPredictions extends PartOf {
  readonly kind: 'classes';
  readonly classes: number;
  /** How often `[target, prediction]` occurred, without those that never did. */
  readonly counts: readonly (readonly [target: number, prediction: number, count: number])[];
  /** Predictions by confidence: the sections of [0, 1] have equal widths. `confidence` is the sum. */
  readonly bins: readonly { readonly count: number; readonly correct: number; readonly confidence: number }[];
}

/** What was predicted where targets are numbers. */
export interface ValuePredictions extends PartOf {
  readonly kind: 'values';
  /** Every how many of the predictions the sample has. */
  readonly every: number;
  readonly sample: readonly (readonly [target: number, prediction: number])[];
}

export type PartOfPredictions = ClassPredictions | ValuePredictions;

/** predictions.json: what the model predicted in the last validation. */
export interface Predictions {
  readonly format: 'cantrip-predictions';
  readonly version: 1;
  /** The steps that were done. */
  readonly step: number;
  /** The epochs that were complete before this validation. */
  readonly epoch: number;
  readonly parts: readonly PartOfPredictions[];
}

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const number = v.union([
  v.number(),
  v.pipe(
    v.picklist(['NaN', 'Infinity', '-Infinity']),
    v.transform((word) => unfinite[word]),
  ),
]);
const part = {
  data: v.string(),
  output: v.string(),
  count,
  worst: v.array(
    v.object({
      index: count,
      loss: number,
      target: v.array(number),
      prediction: v.array(number),
      confidence: v.optional(number),
      input: v.optional(
        v.object({
          shape: v.array(count),
          picture: v.optional(v.object({ bytes: v.pipe(v.string(), v.base64()), low: number, high: number })),
          values: v.optional(v.array(number)),
        }),
      ),
    }),
  ),
};

/** Of predictions.json. Fields that it does not know are left out. */
export const predictionsSchema: v.GenericSchema<unknown, Predictions> = v.object({
  format: v.literal('cantrip-predictions'),
  version: v.literal(1),
  step: count,
  epoch: count,
  parts: v.array(
    v.variant('kind', [
      v.object({
        ...part,
        kind: v.literal('classes'),
        classes: v.pipe(v.number(), v.safeInteger(), v.minValue(2)),
        counts: v.array(v.strictTuple([count, count, count])),
        bins: v.pipe(v.array(v.object({ count, correct: count, confidence: v.number() })), v.minLength(1)),
      }),
      v.object({
        ...part,
        kind: v.literal('values'),
        every: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
        sample: v.array(v.strictTuple([number, number])),
      }),
    ]),
  ),
}) as v.GenericSchema<unknown, Predictions>;
