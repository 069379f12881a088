import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import type { BatchSource } from '../loop/batch-source.ts';
import type { CheckedFit } from '../loop/fit.ts';
import type { Examples, NamedValues } from './examples.ts';
import { type Data, inMemoryEntries, type InMemoryOptions, sourceOf } from './source-of.ts';

export interface FitOptions extends Omit<CheckedFit, 'validation'> {
  /** Evaluated after every epoch. */
  readonly validation?: Data;
}

export type FitCall =
  | readonly [train: Data, options: FitOptions]
  | readonly [inputs: NamedValues, targets: NamedValues, options: FitOptions & InMemoryOptions];

export type EvaluateCall =
  | readonly [data: Data]
  | readonly [inputs: NamedValues, targets: NamedValues, options?: InMemoryOptions | undefined];

const fitEntries = {
  epochs: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  validation: v.optional(v.any()),
};
const fitOptions = v.strictObject(fitEntries);
const fitInMemoryOptions = v.strictObject({ ...fitEntries, ...inMemoryEntries });
const inMemoryOptions = v.strictObject(inMemoryEntries);

/** What a call of `fit` asks for: data and options, or inputs, targets and options. */
export function readFitCall(call: FitCall): { readonly train: BatchSource; readonly options: CheckedFit } {
  if (call.length < 3) {
    const [train, options] = call as readonly [Data, FitOptions];
    return checkedFit(train, parseOptions('fit', fitOptions, options) as FitOptions);
  }
  const [inputs, targets, options] = call as Extract<FitCall, { length: 3 }>;
  const { batchSize, shuffle, ...fitting } = parseOptions('fit', fitInMemoryOptions, options);
  const examples: Examples = { inputs, targets, batchSize, shuffle };
  return checkedFit(examples, fitting as FitOptions);
}

function checkedFit(data: Data, { validation, ...options }: FitOptions): ReturnType<typeof readFitCall> {
  const train = sourceOf('fit', data, 'data', true);
  if (validation === undefined) return { train, options };
  return { train, options: { ...options, validation: sourceOf('fit', validation, 'validation') } };
}

/** What a call of `evaluate` asks for: data, or inputs and targets. */
export function readEvaluateCall(call: EvaluateCall): BatchSource {
  if (call.length < 2) return sourceOf('evaluate', call[0] as Data);
  const [inputs, targets, options] = call as Exclude<EvaluateCall, { length: 1 }>;
  const checked = parseOptions('evaluate', inMemoryOptions, options ?? {});
  return sourceOf('evaluate', { inputs, targets, ...checked } as Examples);
}
