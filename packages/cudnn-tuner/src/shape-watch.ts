import { CantripError, describe, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';

/** The shapes seen so far: plain data, so that it can be saved with a run. */
export interface ShapeRecord extends Record<string, unknown> {
  /** Different texts, in the order in which they came; at most 64. */
  signatures: string[];
}

export interface ShapeWatch {
  /**
   * Notes the input shapes of a step, as any text that is equal for equal shapes.
   *
   * @returns a warning when their number has reached 2, 4, 8, 16, 32 or 64
   * @throws CantripError OPTION_INVALID
   */
  see(signature: string): string | undefined;
  /** How many different shapes there were; counted up to 64. */
  count(): number;
}

const mostShapes = 64;

const recordSchema = v.object({ signatures: v.array(v.string()) });

/**
 * Counts the different input shapes of a training: under `benchmark` each costs another round of measuring.
 *
 * @param record - where to keep them, e.g. a saved record to go on with; it is changed
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * const watch = shapeWatch();
 * watch.see('64,28,28,1'); // undefined
 * watch.see('32,28,28,1'); // "[cudnn-tuner] 2 different input shapes so far, the latest 32,28,28,1: …"
 * ```
 */
export function shapeWatch(record: ShapeRecord = { signatures: [] }): ShapeWatch {
  parseOptions('shapeWatch', recordSchema, record);
  return { see: (signature) => seeShape(record, signature), count: () => record.signatures.length };
}

/** Notes a shape in a record that is known to be one. */
export function seeShape({ signatures }: ShapeRecord, signature: string): string | undefined {
  if (typeof signature !== 'string' || signature === '') throw noSignature(signature);
  if (signatures.length >= mostShapes || signatures.includes(signature)) return undefined;
  signatures.push(signature);
  return isTurningPoint(signatures.length) ? warning(signatures.length, signature) : undefined;
}

/** A power of two above 1: a warning at each would drown what else is logged. */
function isTurningPoint(count: number): boolean {
  return count > 1 && Number.isInteger(Math.log2(count));
}

function warning(count: number, latest: string): string {
  const number = count === mostShapes ? `${count} or more` : `${count}`;
  return (
    `[cudnn-tuner] ${number} different input shapes so far, the latest ${latest}: in benchmark mode a GPU measures ` +
    "cuDNN's algorithms anew for each. Give every batch the same shape, e.g. by dropping the last short one, or " +
    "take mode 'off'."
  );
}

function noSignature(signature: unknown): CantripError {
  return new CantripError('OPTION_INVALID', {
    who: 'shapeWatch',
    what: `a signature must be a text that tells the shapes, got ${describe(signature)}`,
    fix: "Give e.g. inputs.shape.join(',')",
  });
}
