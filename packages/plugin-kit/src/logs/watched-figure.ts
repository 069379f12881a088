import { checkArgument, type Check, isPlainObject } from '@cantrip/errors';
import { figureOf, logsCheck, nameCheck } from './figure-of.ts';

/** What the hooks `onEpochEnd`, `onValidated` and `onSettled` say about figures. */
export interface Measured {
  readonly logs: Readonly<Record<string, number>>;
  readonly validationLeftOut?: true;
  readonly run: { readonly stopReason: string | undefined };
}

const measuredCheck: Check<Measured> = (value) =>
  isPlainObject(value) && logsCheck(value['logs']) === undefined && isPlainObject(value['run'])
    ? undefined
    : 'must be the figures logs and the run';

/**
 * The figure that a user chose to watch, at the end of an epoch or after a validation within one.
 *
 * @param who - the plugin, as its errors name it
 * @param option - the option that holds the name
 * @returns undefined if the figure is not measured here: a validation that `validateEvery` left out or that was stopped, or a figure
 *   of the training data after a validation
 * @throws CantripError OPTION_INVALID if the run never has this figure; it lists the figures there are
 * @example
 * ```ts
 * const run = { stopReason: undefined };
 * watchedFigure('earlyStopping', 'monitor', 'loss', { logs: { loss: 0.5 }, run }); // 0.5
 * watchedFigure('earlyStopping', 'monitor', 'loss', { logs: { validation_loss: 0.6 }, run }); // undefined
 * ```
 */
export function watchedFigure(
  who: string,
  option: string,
  name: string,
  measured: Measured,
): number | undefined {
  checkArgument('watchedFigure', 'name', nameCheck, name);
  checkArgument('watchedFigure', 'measured', measuredCheck, measured);
  const { logs, run, validationLeftOut } = measured;
  if (logs[name] === undefined) {
    const ofValidation = isOfValidation(name);
    const only = Object.keys(logs).every(isOfValidation);
    if (run.stopReason !== undefined || (ofValidation ? validationLeftOut : only)) return undefined;
  }
  return figureOf(who, option, logs, name);
}

const isOfValidation = (name: string): boolean => name.startsWith('validation_');
