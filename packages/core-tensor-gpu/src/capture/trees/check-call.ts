import * as tf from '@tensorflow/tfjs-core';
import { CantripError, describe, isPlainObject, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { checkHostTensor } from '@cantrip/ops';
import { isHostTensor } from '@cantrip/plugin-kit';

const who = 'captureStep';

/** No real tree of a step is this deep. A deeper one contains itself. */
const greatestDepth = 100;

const captureSchema = v.strictObject({
  step: v.function(),
  options: v.strictObject({
    compile: v.optional(v.literal('xla')),
    precision: v.optional(v.literal('bfloat16')),
    where: v.optional(v.function()),
    ownValues: v.optional(v.function()),
    codes: v.optional(v.function()),
    compare: v.optional(v.picklist(['first', 'later'])),
  }),
});

/** Checks the arguments of `captureStep`. */
export function checkCapture(step: unknown, options: unknown): void {
  parseOptions(who, captureSchema, { step, options });
}

/**
 * Checks the inputs of a call before anything is recorded or uploaded. It runs at every call, and takes some tenths
 * of a microsecond per input.
 *
 * @throws CantripError OPTION_INVALID, DTYPE_MISMATCH or SHAPE_MISMATCH
 */
export function checkFeeds(feeds: unknown, path: string = 'inputs', depth: number = 0): void {
  if (typeof feeds === 'number') return;
  if (feeds instanceof tf.Tensor) {
    if (feeds.isDisposed || feeds.dtype === 'string') throw notFeed(path, feeds);
  } else if (Array.isArray(feeds) && depth < greatestDepth) {
    for (const [index, one] of feeds.entries()) checkFeeds(one, `${path}[${index}]`, depth + 1);
  } else if (isPlainObject(feeds) && depth < greatestDepth) {
    if (isHostTensor(feeds)) checkHostTensor(who, path, feeds);
    else for (const key of Object.keys(feeds)) checkFeeds(feeds[key], `${path}.${key}`, depth + 1);
  } else {
    throw notFeed(path, feeds);
  }
}

/** Checks the options of a call. This is faster than a schema. */
export function checkRunOptions(options: unknown): void {
  if (options === undefined) return;
  if (!isPlainObject(options)) throw invalid(`options must be a plain object, got ${describe(options)}`);
  for (const key of Object.keys(options)) {
    if (key !== 'structure' && key !== 'period' && key !== 'keepBefore')
      throw invalid(`has no option ${key}`);
  }
  const { structure, period, keepBefore } = options;
  if (keepBefore !== undefined && typeof keepBefore !== 'function') {
    throw invalid(`keepBefore must be a function, got ${describe(keepBefore)}`);
  }
  if (period !== undefined && typeof period !== 'number') {
    throw invalid(`period must be a number, got ${describe(period)}`);
  }
  if (structure === undefined || typeof structure === 'string') return;
  throw invalid(`structure must be a string, got ${describe(structure)}`);
}

function invalid(what: string): CantripError {
  return new CantripError('OPTION_INVALID', {
    who,
    what,
    fix: "Write { structure: 'a name' }, or leave structure out",
  });
}

function notFeed(path: string, received: unknown): CantripError {
  if (received instanceof tf.Tensor) {
    const how = received.isDisposed ? 'was disposed of' : `holds ${received.dtype}s`;
    return new CantripError('OPTION_INVALID', {
      who,
      what: `${path} must be a tensor of numbers, got one that ${how}`,
      fix: received.isDisposed ? 'Dispose of it after the call' : 'Pass a tensor of numbers',
    });
  }
  return new CantripError('OPTION_INVALID', {
    who,
    what: `${path} must be a tensor, { values, shape } or a number, or several in arrays and plain objects, got ${describe(received)}`,
    fix: received instanceof Promise ? `Await ${path} first` : 'Pass only tensors, host numbers and numbers',
  });
}
