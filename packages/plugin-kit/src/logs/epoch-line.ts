import { type Check, checkArgument, isPlainObject } from '@cantrip/errors';
import { shortNumber, shortTime } from './short-number.ts';

/** What there is to say about an epoch. What is missing is left out of the line. */
export interface EpochReport {
  /** The number of epochs that are done. */
  readonly epoch: number;
  /** The number of epochs in all. */
  readonly epochs: number;
  /** The figures of the epoch by name. */
  readonly logs: Readonly<Record<string, number>>;
  /** The learning rate of the last step. */
  readonly learningRate?: number | undefined;
  /** Of the training alone, without validation. */
  readonly examplesPerSecond?: number | undefined;
  /** The time of the epoch, with validation. */
  readonly seconds?: number | undefined;
}

const isNumber = (value: unknown): value is number => typeof value === 'number';
const isOptional = (value: unknown): boolean => value === undefined || isNumber(value);

const reportCheck: Check<EpochReport> = (value) => {
  const { epoch, epochs, logs, learningRate, examplesPerSecond, seconds } = (
    isPlainObject(value) ? value : {}
  ) as Partial<EpochReport>;
  const fits =
    isNumber(epoch) &&
    isNumber(epochs) &&
    isPlainObject(logs) &&
    Object.values(logs).every(isNumber) &&
    [learningRate, examplesPerSecond, seconds].every(isOptional);
  return fits ? undefined : 'must be the numbers epoch and epochs, the figures logs, and other numbers';
};

/**
 * One line about an epoch, with all its figures.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * epochLine({ epoch: 3, epochs: 10, logs: { loss: 0.25, accuracy: 0.9 }, learningRate: 0.01, seconds: 12 });
 * // epoch 3/10: loss 0.25, accuracy 0.9; learning rate 0.01; 12 s
 * ```
 */
export function epochLine(report: EpochReport): string {
  checkArgument('epochLine', 'report', reportCheck, report);
  const { epoch, epochs, logs, learningRate, examplesPerSecond, seconds } = report;
  const parts = [
    figuresIn(logs),
    isThere(learningRate) && `learning rate ${shortNumber(learningRate)}`,
    isThere(examplesPerSecond) && `${shortNumber(examplesPerSecond)} examples/s`,
    isThere(seconds) && shortTime(seconds),
  ].filter(Boolean);
  return [`epoch ${epoch}/${epochs}`, parts.join('; ')].filter(Boolean).join(': ');
}

/** What there is to say about a validation within an epoch. */
export interface ValidationReport extends Pick<EpochReport, 'logs'> {
  /** The number of steps that are done. */
  readonly step: number;
}

const validationCheck: Check<ValidationReport> = (value) => {
  const { step, logs } = (isPlainObject(value) ? value : {}) as Partial<ValidationReport>;
  const fits = isNumber(step) && isPlainObject(logs) && Object.values(logs).every(isNumber);
  return fits ? undefined : 'must be the number step and the figures logs';
};

/**
 * One line about a validation within an epoch, with all its figures.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * validationLine({ step: 500, logs: { validation_loss: 0.25 } }); // step 500: validation_loss 0.25
 * ```
 */
export function validationLine(report: ValidationReport): string {
  checkArgument('validationLine', 'report', validationCheck, report);
  const { step, logs } = report;
  return `step ${step.toLocaleString('en')}: ${figuresIn(logs)}`;
}

const figuresIn = (logs: EpochReport['logs']): string =>
  Object.entries(logs)
    .map(([name, value]) => `${name} ${shortNumber(value)}`)
    .join(', ');

const isThere = (value: number | undefined): value is number => Number.isFinite(value);
