import { CantripError, describe, parseOptions, schemaOf } from '@cantrip/errors';
import { type Length, periodCheck } from '@cantrip/plugin-kit';
import * as v from 'valibot';
import type { BatchSource } from './batch/batch-source.ts';
import type { CheckedFit } from './loop/fit.ts';
import type { ShortEpoch } from './batch/data-promise.ts';
import type { Validation } from './loop/validate.ts';
import { type Examples, isNamed, type NamedValues } from './forms/examples.ts';
import { readResume, type ResumeOptions } from './resume/resume-options.ts';
import { isTfDataset } from './forms/tf-dataset.ts';
import { type Data, inMemoryEntries, type InMemoryOptions, sourceOf } from './forms/source-of.ts';

export interface FitOptions extends Pick<CheckedFit, 'epochs' | 'steps' | 'signal'> {
  /**
   * Data to evaluate after every epoch, logged as `validation_loss` and so on. Several may be given by name: `{
   * clean, noisy }` is logged as `validation_clean_loss`.
   */
  readonly validation?: Data | Readonly<Record<string, Data>>;
  /**
   * When to evaluate the validation data, instead of at the end of each epoch: a number of steps of the run (`500`), epochs
   * (`'0.25ep'`, `'2ep'`), or a share of the run (`'10%'`). Plugins that watch a figure of the validation then do so each time, and
   * their `patience` counts these times. An epoch at whose end none is due has no figures of the validation.
   */
  readonly validateEvery?: Length | undefined;
  /**
   * What happens if data gives fewer batches than it promises. `throw`, the default: an error. `warn`: a log message,
   * and the next epoch begins.
   */
  readonly shortEpoch?: ShortEpoch | undefined;
  /**
   * Goes on with a run that a plugin such as `checkpoint` has written. `auto`: the newest one that can be read, or a new
   * run if there is none. A path: this one. An object says what may differ from the saved run.
   */
  readonly resume?: string | ResumeOptions | false | undefined;
}

export type FitCall =
  | readonly [train: Data, options: FitOptions]
  | readonly [inputs: NamedValues, targets: NamedValues, options: FitOptions & InMemoryOptions];

/** Options of calls that can be aborted. */
export interface Abortable {
  /** Ends the call after the current batch. Its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
}

export type EvaluateCall =
  | readonly [data: Data, options?: Abortable | undefined]
  | readonly [inputs: NamedValues, targets: NamedValues, options?: (InMemoryOptions & Abortable) | undefined];

const atLeastOne = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const fitEntries = {
  epochs: v.optional(atLeastOne),
  steps: v.optional(atLeastOne),
  validation: v.optional(v.any()),
  validateEvery: v.optional(schemaOf(periodCheck)),
  shortEpoch: v.optional(v.picklist(['throw', 'warn']), 'throw'),
  resume: v.optional(v.any()),
  signal: v.optional(v.instance(AbortSignal)),
};
const fitOptions = v.strictObject(fitEntries);
const fitInMemoryOptions = v.strictObject({ ...fitEntries, ...inMemoryEntries });
const abortableEntries = { signal: v.optional(v.instance(AbortSignal)) };
const abortable = v.strictObject(abortableEntries);
const evaluateInMemoryOptions = v.strictObject({ ...inMemoryEntries, ...abortableEntries });

/** Reads a call of `fit`: data and options, or inputs, targets and options. */
export function readFitCall(call: FitCall): {
  readonly train: BatchSource;
  readonly options: CheckedFit;
  readonly resume: ResumeOptions | undefined;
} {
  if (call.length < 3) {
    const [train, options] = call as readonly [Data, FitOptions];
    return checkedFit(train, parseOptions('fit', fitOptions, options) as FitOptions);
  }
  const [inputs, targets, options] = call as Extract<FitCall, { length: 3 }>;
  const { batchSize, shuffle, ...fitting } = parseOptions('fit', fitInMemoryOptions, options);
  const examples: Examples = { inputs, targets, batchSize, shuffle };
  return checkedFit(examples, fitting as FitOptions);
}

function checkedFit(data: Data, options: FitOptions): ReturnType<typeof readFitCall> {
  requireEnd(options);
  requireValidation(options);
  const { validation, shortEpoch = 'throw', resume, ...rest } = options;
  const train = sourceOf('fit', data, 'data', true);
  return {
    train,
    options: { ...rest, shortEpoch, validation: validationsOf(validation) },
    resume: readResume(resume),
  };
}

/** Without validation data it would be ignored. */
function requireValidation({ validation, validateEvery }: FitOptions): void {
  if (validateEvery === undefined || validation !== undefined) return;
  throw new CantripError('OPTION_INVALID', {
    who: 'fit',
    what: `validateEvery is ${describe(validateEvery)}, but validation is missing`,
    fix: 'Pass the data to evaluate as validation, or remove validateEvery',
  });
}

function requireEnd({ epochs, steps }: FitOptions): void {
  if (epochs !== undefined || steps !== undefined) return;
  throw new CantripError('OPTION_INVALID', {
    who: 'fit',
    what: 'epochs is missing',
    fix: 'Set epochs, steps or both: how much the run has at its end',
  });
}

function validationsOf(given: FitOptions['validation']): readonly Validation[] {
  if (given === undefined) return [];
  if (!isSeveral(given))
    return [{ prefix: 'validation_', source: sourceOf('fit', given as Data, 'validation') }];
  return Object.entries(given).map(([name, data]) => ({
    prefix: `validation_${name}_`,
    source: sourceOf('fit', data, `validation.${name}`),
  }));
}

/** Whether this is data by name. Data itself has batches, inputs or an iterator. */
function isSeveral(given: Data | Readonly<Record<string, Data>>): given is Readonly<Record<string, Data>> {
  if (!isNamed(given) || isTfDataset(given) || 'batches' in given || 'inputs' in given) return false;
  const values = Object.values(given);
  return values.length > 0 && values.every((value) => typeof value === 'object' && value !== null);
}

/** Reads a call of `evaluate`: data, or inputs and targets. */
export function readEvaluateCall(call: EvaluateCall): Abortable & { readonly source: BatchSource } {
  const [first, second, third] = call as readonly [unknown, unknown, unknown];
  if (second === undefined || isSource(first) || isAbortable(second)) {
    return { source: sourceOf('evaluate', first as Data), ...readAbortable('evaluate', second) };
  }
  const { signal, ...checked } = parseOptions(
    'evaluate',
    evaluateInMemoryOptions,
    third === undefined ? {} : third,
  );
  const examples = { inputs: first, targets: second, ...checked } as Examples;
  return { source: sourceOf('evaluate', examples), signal };
}

/** Whether a value is data to which no targets are passed separately. */
function isSource(value: unknown): boolean {
  return isTfDataset(value) || (typeof value === 'object' && value !== null && 'batches' in value);
}

/** Whether a value holds options. Targets by name have no signal. */
function isAbortable(value: unknown): boolean {
  return isNamed(value) && (Object.keys(value).length === 0 || value['signal'] instanceof AbortSignal);
}

/** Reads the options of `predict`, and of `evaluate` on data. */
export function readAbortable(who: string, options: unknown): Abortable {
  return parseOptions(who, abortable, options === undefined ? {} : options);
}
