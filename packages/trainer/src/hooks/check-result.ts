import * as tf from '@tensorflow/tfjs-core';
import { CantripError, describe } from '@cantrip/errors';
import { entriesOfTensors } from '@cantrip/plugin-kit';
import type { AnyPlugin } from '../contract/plugin.ts';
import type { Schedules, Structures, Transforms, Wraps } from '../contract/hooks.ts';
import type { State } from '../contract/contexts.ts';
import { checkNames } from './check-names.ts';
import { refusePromise } from '../checks/refuse-promise.ts';
import { idOf } from '../contract/plugin-id.ts';

type ResultHook = keyof Transforms | keyof Structures<State> | keyof Wraps | keyof Schedules<State>;

interface Wanted {
  /** The text after `must return` in the error. */
  readonly words: string;
  /** @param given - the value that the hook was called with */
  fits(result: unknown, given: unknown): boolean;
}

const namedNumbers: Wanted = {
  words: 'its first argument, changed or not: finite numbers by name',
  fits: (scalars) => isRecord(scalars) && Object.values(scalars).every(isFloat),
};

/** What each hook must return. */
const wanted: Readonly<Record<ResultHook, Wanted>> = {
  transformBatch: {
    words: 'its first argument, changed or not: { inputs, targets } of tensors',
    fits: (batch) =>
      isRecord(batch) &&
      isTensors(batch['inputs']) &&
      isTensors(batch['targets']) &&
      (batch['weights'] === undefined || isTensors(batch['weights'])) &&
      (batch['mixture'] === undefined || isMixture(batch['mixture'])),
  },
  transformOutputs: {
    words: 'its first argument, changed or not: one tensor, or tensors by name',
    fits: isTensors,
  },
  transformTargets: {
    words: 'its first argument, changed or not: one tensor, or tensors by name',
    fits: isTensors,
  },
  transformLoss: {
    words: 'its first argument, changed or not: a float32 tensor without axes',
    fits: isFloatScalar,
  },
  transformGradients: {
    words: 'its first argument, changed or not: tensors with the names, shapes and dtypes of the gradients',
    fits: (gradients, given) =>
      isRecord(gradients) && Object.entries(gradients).every((entry) => isGradient(entry, given as Named)),
  },
  wrapGradients: {
    words: 'the result of next(), changed or not: tensors with the names, shapes and dtypes of the gradients',
    fits: (gradients, given) =>
      isRecord(gradients) && Object.entries(gradients).every((entry) => isGradient(entry, given as Named)),
  },
  transformVariables: {
    words: 'its first argument, or some of it: trainable variables by name',
    fits: (variables, given) =>
      isRecord(variables) && Object.entries(variables).every(([name, one]) => one === (given as Named)[name]),
  },
  structure: { words: 'text', fits: (text) => typeof text === 'string' },
  scheduleLearningRate: {
    words: 'a finite number >= 0',
    fits: (rate) => isFloat(rate) && (rate as number) >= 0,
  },
  scheduleScalars: namedNumbers,
  scheduleBatchScalars: namedNumbers,
};

/**
 * Refuses a wrong result of a hook, before anything uses it.
 *
 * @throws CantripError HOOK_ASYNC, HOOK_RESULT
 */
export function checkResult(plugin: AnyPlugin, hook: ResultHook, result: unknown, given: unknown): void {
  refusePromise(idOf(plugin), hook, result);
  const { words, fits } = wanted[hook];
  if (fits(result, given)) {
    checkNames(plugin, hook, result, given);
    if (hook === 'transformBatch') checkRows(plugin, result as Readonly<Record<string, unknown>>);
    return;
  }
  throw new CantripError('HOOK_RESULT', {
    who: idOf(plugin),
    what: `${hook} must return ${words}, got ${describeResult(result, given)}`,
    fix: 'Return the value, changed or not',
  });
}

/** Each part of a batch has a row for each example. A hook may change their number in all parts. */
function checkRows(plugin: AnyPlugin, batch: Readonly<Record<string, unknown>>): void {
  const tensors = ['inputs', 'targets', 'weights'].flatMap((part) =>
    batch[part] === undefined
      ? []
      : entriesOfTensors(batch[part] as tf.Tensor).map(([name, one]) => [name || part, one] as const),
  );
  const [first, ...others] = tensors;
  const other = others.find(([, { shape }]) => shape[0] !== first![1].shape[0]);
  if (!other) return;
  const [one, two] = [first!, other].map(([name, { shape }]) => `${name} [${shape.join(', ')}]`);
  throw new CantripError('HOOK_RESULT', {
    who: idOf(plugin),
    what: `transformBatch must return a row for each example in every part, got ${one} and ${two}`,
    fix: 'Change the number of rows in all parts, or in none',
  });
}

type Named = Readonly<Record<string, tf.Tensor | undefined>>;

function isGradient([name, one]: readonly [string, unknown], given: Named): boolean {
  const before = given[name];
  if (!isTensor(one) || before === undefined) return false;
  return one.dtype === before.dtype && tf.util.arraysEqual(one.shape, before.shape);
}

/** Whether a number is finite in float32, the type that the step is fed with. */
function isFloat(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(Math.fround(value));
}

function isTensors(value: unknown): boolean {
  return isTensor(value) || (isRecord(value) && Object.values(value).every(isTensor));
}

const isMixture = (value: unknown): boolean =>
  isRecord(value) && isTensors(value['targets']) && isShare(value['share'], value['targets'] as tf.Tensor);

/** One share, or one for each example. */
function isShare(share: unknown, targets: tf.Tensor): boolean {
  if (isFloatScalar(share)) return true;
  const [first] = entriesOfTensors(targets);
  return (
    isTensor(share) && share.dtype === 'float32' && share.rank === 1 && share.size === first?.[1].shape[0]
  );
}

function isFloatScalar(value: unknown): boolean {
  return isTensor(value) && value.rank === 0 && value.dtype === 'float32';
}

function isTensor(value: unknown): value is tf.Tensor {
  return value instanceof tf.Tensor && !value.isDisposed;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof tf.Tensor)
  );
}

/** If there are several tensors by name, only the wrong one is described. */
function describeResult(result: unknown, given: unknown): string {
  if (!isRecord(result)) return describePart(result);
  const before = isRecord(given) ? given : {};
  const changed = Object.entries(result).filter(([name, one]) => one !== before[name]);
  const others = changed.filter(([, one]) => !isTensor(one));
  const parts = [...others.filter(([, one]) => !isFloat(one)), ...others, ...changed];
  const [name, part] = parts[0] ?? [];
  if (name === undefined) return describe(result);
  return `${describePart(part)} as ${name}`;
}

/** Names a value, or the dtype and shape of a tensor. */
export function describePart(part: unknown): string {
  if (Number.isFinite(part) && !isFloat(part)) return `${describe(part)} (infinite in float32)`;
  if (!(part instanceof tf.Tensor)) return describe(part);
  const { isDisposed, shape, dtype } = part as tf.Tensor;
  if (isDisposed) return 'a tensor that was already disposed';
  return `${dtype === 'float32' ? 'a' : `an ${dtype}`} tensor [${shape.join(', ')}]`;
}
