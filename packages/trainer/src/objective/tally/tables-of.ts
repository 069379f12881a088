import { CantripError, describe, isPlainObject } from '@cantrip/errors';
import type { Logs } from '../../contract/contexts.ts';
import type { Table } from '../../contract/table.ts';

export type Tables = Readonly<Record<string, Table>>;

const tables = new WeakMap<Logs, Tables>();
const none: Tables = Object.freeze({});

/** Adds tables to logs. */
export function noteTables<T extends Logs>(logs: T, given: Tables): T {
  if (Object.keys(given).length > 0) tables.set(logs, { ...tables.get(logs), ...given });
  return logs;
}

/** Gives logs the tables of those that they were made of. */
export function withTables<T extends Logs>(logs: T, parts: readonly Logs[]): T {
  for (const part of parts) noteTables(logs, tables.get(part) ?? none);
  return logs;
}

/**
 * The tables of logs, by the names of their metrics, for example a confusion matrix. Logs themselves hold only numbers.
 *
 * @param logs - what `evaluate` returned, one of the `epochs` of `fit`, or `logs` of a hook. A copy of logs has no
 *   tables, and neither have logs that were restored from a snapshot
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * const logs = await trainer.evaluate(test);
 * tablesOf(logs).confusionMatrix?.values; // [[50, 3], [4, 43]]
 * ```
 */
export function tablesOf(logs: Logs): Tables {
  if (isPlainObject(logs)) return tables.get(logs) ?? none;
  throw new CantripError('OPTION_INVALID', {
    who: 'tablesOf',
    what: `logs must be the figures of an epoch or of evaluate, got ${describe(logs)}`,
    fix: 'Write tablesOf(await trainer.evaluate(data))',
  });
}
