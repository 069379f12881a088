import { CantripError, type Check, checkArgument, isPlainObject } from '@cantrip/errors';

export const logsCheck: Check<Readonly<Record<string, number>>> = (value) =>
  isPlainObject(value) && Object.values(value).every((one) => typeof one === 'number')
    ? undefined
    : 'must be the figures of an epoch by name';

export const nameCheck: Check<string> = (value) => (typeof value === 'string' ? undefined : 'must be a name');

/**
 * A figure of an epoch, by the name that a user gave.
 *
 * @param who - the plugin, as its errors name it
 * @param option - the option that holds the name
 * @throws CantripError OPTION_INVALID, which lists the figures there are
 * @example
 * ```ts
 * figureOf('earlyStopping', 'monitor', { loss: 0.5 }, 'loss'); // 0.5
 * ```
 */
export function figureOf(
  who: string,
  option: string,
  logs: Readonly<Record<string, number>>,
  name: string,
): number {
  checkArgument('figureOf', 'logs', logsCheck, logs);
  checkArgument('figureOf', 'name', nameCheck, name);
  const value = logs[name];
  if (value !== undefined) return value;
  throw new CantripError('OPTION_INVALID', {
    who,
    what: `${option} must be a figure of the logs, got '${name}'`,
    fix: `The logs hold ${Object.keys(logs).join(', ')}. For validation figures, call fit(…, { validation })`,
  });
}
