import type { HostBatch } from '@cantrip/ops';
import { CantripError, describe, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import type { BatchesRequest, Dataset } from '../source/dataset.ts';
import { type Example, stackExamples } from './stack-examples.ts';

/** Where an iterable begins. The same place must give the same examples. */
export interface IterablePlace {
  readonly seed: number;
  /** Counted from 0. */
  readonly epoch: number;
  /** The number of examples of this epoch to leave out at the beginning; 0 if `resumes` is not set. */
  readonly examples: number;
}

export interface FromIterableOptions {
  /** The number of examples in an epoch. An endless iterable is read up to there. */
  readonly examples: number;
  readonly batchSize: number;
  /** Whether to leave out the last batch of an epoch if it is smaller; false by default. */
  readonly dropLast?: boolean;
  /**
   * Whether the function begins after `place.examples` examples. If not (the default), a resumed epoch reads and drops
   * them.
   */
  readonly resumes?: boolean;
  /** A text that says which examples these are. A resumed run compares it. */
  readonly signature?: string;
}

/** A dataset of an iterable. Functions such as `split` need all examples, so they don't take it. */
export type IterableDataset = Omit<Dataset, 'signature'> & { readonly signature?: string };

const who = 'fromIterable';
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const schema = v.strictObject({
  examples: count,
  batchSize: count,
  dropLast: v.optional(v.boolean(), false),
  resumes: v.optional(v.boolean(), false),
  signature: v.optional(v.string()),
});
const position = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const request = v.strictObject({
  seed: v.optional(v.pipe(v.number(), v.safeInteger()), 0),
  epoch: v.optional(position, 0),
  start: v.optional(position, 0),
  examples: v.optional(position),
});

/**
 * Makes a dataset of a function that gives examples one after the other: a generator, an async generator, or any iterable.
 *
 * An example is `{ inputs, targets }`. Each is a typed array, `{ values, shape }`, or several by name; a number is an int32.
 * All examples must have the same shapes. The function is called for each epoch, and decides the order itself.
 *
 * @throws CantripError OPTION_INVALID; while reading also SHAPE_MISMATCH and DTYPE_MISMATCH, with the number of the example
 * @example
 * ```ts
 * async function* squares({ epoch, examples }: IterablePlace) {
 *   for (let n = examples; ; n++) yield { inputs: Float32Array.of(n, epoch), targets: n % 2 };
 * }
 * const dataset = fromIterable(squares, { examples: 1000, batchSize: 32, resumes: true });
 * dataset.batchesPerEpoch; // 32
 * ```
 */
export function fromIterable(
  iterate: (place: IterablePlace) => Iterable<Example> | AsyncIterable<Example>,
  options: FromIterableOptions,
): IterableDataset {
  const { examples, batchSize, dropLast, resumes, signature } = parseOptions(who, schema, options);
  if (typeof iterate !== 'function')
    throw notIterable('the first argument must be a generator function', iterate);
  const batchesAfter = (done: number): number => {
    const left = (examples - done) / batchSize;
    return dropLast ? Math.floor(left) : Math.ceil(left);
  };
  const batchesPerEpoch = batchesAfter(0);
  if (batchesPerEpoch === 0) {
    throw new CantripError('DATA_EMPTY', {
      who,
      what: `${examples} examples make no full batch of ${batchSize}, and dropLast leaves out smaller batches`,
      fix: 'Use a smaller batchSize, or set dropLast to false',
    });
  }
  async function* read(
    seed: number,
    epoch: number,
    done: number,
  ): AsyncGenerator<HostBatch, void, undefined> {
    const given: unknown = iterate({ seed, epoch, examples: resumes ? done : 0 });
    if (!isIterable(given)) throw notIterable('the function must return an iterable', given);
    const end = done + batchesAfter(done) * batchSize;
    let at = resumes ? done : 0;
    let rows: Example[] = [];
    if (batchesAfter(done) === 0) return;
    for await (const example of given) {
      if (at++ < done) continue;
      rows.push(example);
      const isLast = at === Math.min(end, examples);
      if (rows.length < batchSize && !isLast) continue;
      yield stackExamples(who, rows, at - rows.length);
      rows = [];
      if (isLast) return;
    }
    // The trainer compares the number of batches with what was promised.
    if (rows.length > 0 && !dropLast) yield stackExamples(who, rows, at - rows.length);
  }
  return {
    size: examples,
    batchSize,
    batchesPerEpoch,
    stepsPerEpoch: batchesPerEpoch,
    examplesPerEpoch: examples,
    ...(signature !== undefined && { signature }),
    batchesAfter: (done) => batchesAfter(requireDone(done)),
    batches(given: BatchesRequest = {}) {
      const { seed, epoch, start, examples: done } = parseOptions('batches', request, given);
      return read(seed, epoch, requireDone(done ?? Math.min(start * batchSize, examples)));
    },
  };

  function requireDone(done: number): number {
    if (Number.isSafeInteger(done) && done >= 0 && done <= examples) return done;
    throw new CantripError('STATE_MISMATCH', {
      who,
      what: `${describe(done)} examples are done, but an epoch has ${examples}`,
      fix: 'Resume with the data that this position was saved with',
    });
  }
}

function isIterable(value: unknown): value is AsyncIterable<Example> {
  return (
    typeof value === 'object' && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value)
  );
}

function notIterable(what: string, received: unknown): CantripError {
  return new CantripError('OPTION_INVALID', {
    who,
    what: `${what}, got ${describe(received)}`,
    fix: isIterable(received)
      ? 'Pass a function that returns a new iterable for each epoch: () => values'
      : 'Write fromIterable(async function* () { yield { inputs, targets }; }, …)',
  });
}
