import { CantripError, describe, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { shapeAdvice } from './shape-advice.ts';
import { shapeTimes, type StepTiming } from './shape-times.ts';

/** The shapes so far, as plain data that can be saved with a run. */
export interface ShapeRecord extends Record<string, unknown> {
  /** The different shapes as texts, in the order of their first batch; at most 64. */
  signatures: string[];
}

export interface ShapeWatchOptions {
  /** The number of shapes that you expect, e.g. `bucketedDataset(…).signatures`; 1 by default. */
  readonly shapes?: number;
  /** The record to add shapes to, e.g. a saved one. */
  readonly record?: ShapeRecord;
}

/** How many shapes there are, what they cost, and what to do. */
export interface ShapeReport {
  /** The number of different shapes; at most 64 are counted. */
  readonly signatures: number;
  /**
   * The extra time that recording and tuning took in this process. For each shape, it is the time of its first step
   * and of each step recorded again, minus the median time of its other steps. Without other steps, it is the time
   * of recording.
   */
  readonly lostMilliseconds: number;
  /** What to do; undefined if there are no more shapes than expected. */
  readonly advice: string | undefined;
}

export interface ShapeWatch extends ShapeReport {
  /**
   * Adds the shapes of a step, as any text that is equal for equal shapes: `inputs[64,28,28,1] targets[64] int32`.
   *
   * @returns a warning when there are more shapes than expected and their number reaches 2, 4, 8, 16, 32 or 64
   * @throws CantripError OPTION_INVALID
   */
  see(signature: string, timing?: StepTiming): string | undefined;
}

/** The number of recordings that a captured step keeps. */
const mostShapes = 64;

const schema = v.strictObject({
  shapes: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1)), 1),
  record: v.optional(v.object({ signatures: v.array(v.string()) })),
});

/**
 * Counts the different shapes of batches and what they cost. For each new shape, a captured step is recorded again,
 * and a GPU measures cuDNN's algorithms again.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * const watch = shapeWatch();
 * watch.see('inputs[64,28,28,1]'); // undefined
 * watch.see('inputs[32,28,28,1]'); // "[cudnn-tuner] batches have had 2 different shapes so far, …"
 * watch.advice; // "batches have 64 or 32 examples: drop the smaller last one with the option dropLast of …"
 * ```
 */
export function shapeWatch(options: ShapeWatchOptions = {}): ShapeWatch {
  const { shapes } = parseOptions('shapeWatch', schema, options);
  return watchOf(options.record ?? { signatures: [] }, shapes);
}

/** The same as {@link shapeWatch}, for checked options. Restoring a run replaces the list in the record. */
export function watchOf(record: ShapeRecord, expected: number): ShapeWatch {
  const times = shapeTimes(mostShapes);
  const watch = {
    get signatures() {
      return record.signatures.length;
    },
    get lostMilliseconds() {
      return times.lost();
    },
    get advice() {
      return record.signatures.length > expected ? shapeAdvice(record.signatures) : undefined;
    },
    see(signature: string, timing?: StepTiming) {
      if (typeof signature !== 'string' || signature === '') throw noSignature(signature);
      if (timing) times.add(signature, timing);
      const { signatures } = record;
      if (signatures.length >= mostShapes || signatures.includes(signature)) return undefined;
      signatures.push(signature);
      const count = signatures.length;
      return count > expected && isTurningPoint(count) ? warning(watch, signature) : undefined;
    },
  };
  return watch;
}

/** Whether to warn at this number: at each power of two above 1. More warnings would hide other log lines. */
function isTurningPoint(count: number): boolean {
  return count > 1 && Number.isInteger(Math.log2(count));
}

function warning({ signatures, lostMilliseconds, advice }: ShapeReport, latest: string): string {
  const count = signatures === mostShapes ? `${signatures} or more` : `${signatures}`;
  const lost = Math.round(lostMilliseconds);
  const cost = lost > 0 ? `. This has cost ${lost} ms so far` : '';
  return (
    `[cudnn-tuner] batches have had ${count} different shapes so far, the latest ${latest}. For each new shape, a captured ` +
    `step is recorded again, and a GPU measures cuDNN's algorithms again${cost}. ${sentence(advice!)}.`
  );
}

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function noSignature(signature: unknown): CantripError {
  return new CantripError('OPTION_INVALID', {
    who: 'shapeWatch',
    what: `signature must be a text that is not empty, got ${describe(signature)}`,
    fix: "Pass a text of the batch's shapes, for example inputs.shape.join(',')",
  });
}
