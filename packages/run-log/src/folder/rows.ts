import * as v from 'valibot';
import { unfinite } from './number-text.ts';

/** Numbers by name. */
export type Numbers = Readonly<Record<string, number>>;

/** What a logged step computed. */
export interface StepRow {
  readonly kind: 'step';
  /** The steps that were done, this one included. */
  readonly step: number;
  /** The epochs that were complete before this step. */
  readonly epoch: number;
  readonly loss: number;
  readonly learningRate: number;
  /** What plugins scheduled, e.g. `mixupLambda`. */
  readonly scalars: Numbers;
}

/** The figures of an epoch. */
export interface EpochRow {
  readonly kind: 'epoch';
  readonly step: number;
  /** The epochs that were complete, this one included. */
  readonly epoch: number;
  /** `loss`, each metric, and those of validation with the prefix `validation_`. */
  readonly figures: Numbers;
}

/** The figures of a validation within an epoch. */
export interface ValidationRow {
  readonly kind: 'validation';
  readonly step: number;
  /** The epochs that were complete. */
  readonly epoch: number;
  /** Their names begin with `validation_`. */
  readonly figures: Numbers;
}

/** When a row of the scalars was written. */
export interface TimeRow {
  readonly kind: ScalarRow['kind'];
  readonly step: number;
  readonly epoch: number;
  /** By the clock of the machine, which may go back: `2026-01-31T12:00:00.000Z`. */
  readonly at: string;
  /** Seconds of training since the start of the run, over all its processes. Never goes back. */
  readonly seconds: number;
  /** The mean time of the steps since the row before, in milliseconds. */
  readonly stepMilliseconds: number;
  /** The memory of the process, in bytes. */
  readonly memory: number;
}

export type ScalarRow = StepRow | ValidationRow | EpochRow;

/** The kinds of rows. Each has a CSV file. */
export const rowKinds: readonly ScalarRow['kind'][] = ['step', 'validation', 'epoch'];

/** Whether a row belongs to a run at this position. A run that goes on from there writes the later ones again. */
export const isDoneAt = (
  row: Pick<ScalarRow, 'kind' | 'step' | 'epoch'>,
  at: { readonly step: number; readonly epoch: number },
): boolean => (row.kind === 'epoch' ? row.epoch <= at.epoch : row.step <= at.step);

const isNumber = (value: unknown): boolean =>
  typeof value === 'number' || (typeof value === 'string' && Object.hasOwn(unfinite, value));
const toNumber = (value: unknown): number =>
  typeof value === 'number' ? value : unfinite[value as keyof typeof unfinite];

const number = v.pipe(
  v.custom(isNumber, 'must be a number, "NaN", "Infinity" or "-Infinity"'),
  v.transform(toNumber),
);
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
// Not v.record, which drops names such as constructor.
const numbers = v.pipe(
  v.custom<object>(
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      !Array.isArray(value) &&
      Object.values(value).every(isNumber),
    'must hold numbers by name',
  ),
  v.transform((value): Numbers =>
    Object.fromEntries(Object.entries(value).map(([name, one]) => [name, toNumber(one)])),
  ),
);

/** A line of scalars.jsonl. Fields that it does not know are left out. */
export const scalarRowSchema: v.GenericSchema<unknown, ScalarRow> = v.variant('kind', [
  v.object({
    kind: v.literal('step'),
    step: count,
    epoch: count,
    loss: number,
    learningRate: number,
    scalars: numbers,
  }),
  v.object({ kind: v.picklist(['validation', 'epoch']), step: count, epoch: count, figures: numbers }),
]) as v.GenericSchema<unknown, ScalarRow>;

/** A line of times.jsonl. */
export const timeRowSchema: v.GenericSchema<unknown, TimeRow> = v.object({
  kind: v.picklist(rowKinds),
  step: count,
  epoch: count,
  at: v.string(),
  seconds: number,
  stepMilliseconds: number,
  memory: number,
}) as v.GenericSchema<unknown, TimeRow>;
