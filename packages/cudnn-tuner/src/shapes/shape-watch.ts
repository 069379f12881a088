import { CantripError, describe, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { shapeAdvice } from './shape-advice.ts';
import { shapeTimes, type StepTiming } from './shape-times.ts';

/** The shapes seen so far: plain data, so that it can be saved with a run. */
export interface ShapeRecord extends Record<string, unknown> {
  /** Different texts, in the order in which they came; at most 64. */
  signatures: string[];
}

export interface ShapeWatchOptions {
  /** How many different shapes are expected, e.g. `bucketedDataset(…).signatures`; 1 by default. */
  readonly shapes?: number;
  /** Where shapes are kept, e.g. a saved record to go on with; it is changed. */
  readonly record?: ShapeRecord;
}

/** What different shapes have cost, and what to do about it. */
export interface ShapeReport {
  /** How many different shapes there were; counted up to 64. */
  readonly signatures: number;
  /**
   * What recording and tuning have cost in this process: of each shape its first step, and each that was recorded
   * anew, less the median of its other steps; where there are none, the time of recording alone.
   */
  readonly lostMilliseconds: number;
  /** Undefined where there are no more shapes than expected. */
  readonly advice: string | undefined;
}

export interface ShapeWatch extends ShapeReport {
  /**
   * Notes the shapes of a step, as any text that is equal for equal shapes: `inputs[64,28,28,1] targets[64] int32`.
   *
   * @returns a warning when their number, above what is expected, has reached 2, 4, 8, 16, 32 or 64
   * @throws CantripError OPTION_INVALID
   */
  see(signature: string, timing?: StepTiming): string | undefined;
}

/** As many recordings a captured step keeps. */
const mostShapes = 64;

const schema = v.strictObject({
  shapes: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1)), 1),
  record: v.optional(v.object({ signatures: v.array(v.string()) })),
});

/**
 * Counts the different shapes of a training and what they cost: for each a captured step is recorded anew, and a GPU
 * measures cuDNN's algorithms anew.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * const watch = shapeWatch();
 * watch.see('inputs[64,28,28,1]'); // undefined
 * watch.see('inputs[32,28,28,1]'); // "[cudnn-tuner] 2 different shapes of a batch so far, …"
 * watch.advice; // "batches have 64 or 32 examples: leave out the smaller last one with dropLast, …"
 * ```
 */
export function shapeWatch(options: ShapeWatchOptions = {}): ShapeWatch {
  const { shapes } = parseOptions('shapeWatch', schema, options);
  return watchOf(options.record ?? { signatures: [] }, shapes);
}

/** The same for options that are known to be right. Restoring a run puts another list into the record. */
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

/** A power of two above 1: a warning at each would drown what else is logged. */
function isTurningPoint(count: number): boolean {
  return count > 1 && Number.isInteger(Math.log2(count));
}

function warning({ signatures, lostMilliseconds, advice }: ShapeReport, latest: string): string {
  const count = signatures === mostShapes ? `${signatures} or more` : `${signatures}`;
  const lost = Math.round(lostMilliseconds);
  const cost = lost > 0 ? `, which has cost ${lost} ms` : '';
  return (
    `[cudnn-tuner] ${count} different shapes of a batch so far, the latest ${latest}: a captured step is recorded ` +
    `anew for each, and a GPU measures cuDNN's algorithms anew${cost}. ${sentence(advice!)}.`
  );
}

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function noSignature(signature: unknown): CantripError {
  return new CantripError('OPTION_INVALID', {
    who: 'shapeWatch',
    what: `a signature must be a text that tells the shapes, got ${describe(signature)}`,
    fix: "Give e.g. inputs.shape.join(',')",
  });
}
