import { existsSync } from 'node:fs';
import { CantripError, isCantripError } from '@cantrip/errors';
import { readOrdinaryFile } from '@cantrip/file-lock';
import * as v from 'valibot';
import { codes } from '../error-codes.ts';
import { formatVersion } from '../folder/run-files.ts';
import { unread } from './log-errors.ts';

/**
 * Reads a JSON file of a run folder.
 *
 * @returns undefined if there is none
 * @throws CantripError RUN_LOG_INVALID, RUN_LOG_NEWER, RUN_LOG_READ
 */
export function readJson<Value>(path: string, schema: v.GenericSchema<unknown, Value>): Value | undefined {
  if (!existsSync(path)) return undefined;
  const value = parsed(path);
  const { version } = (value ?? {}) as { readonly version?: unknown };
  if (typeof version === 'number' && version > formatVersion) throw newer(path, version);
  const { success, output, issues } = v.safeParse(schema, value);
  if (success) return output;
  const [{ message, path: keys }] = issues;
  throw invalid(path, `${(keys ?? []).map(({ key }) => String(key)).join('.')}: ${message}`);
}

function parsed(path: string): unknown {
  let text: string;
  try {
    text = readOrdinaryFile(path);
  } catch (error) {
    throw unread(path, isCantripError(error) ? error.cause : error);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw invalid(path, 'it is no JSON');
  }
}

const invalid = (path: string, why: string): CantripError =>
  new CantripError(codes.RUN_LOG_INVALID, {
    who: 'run-log',
    what: `${path} cannot be read: ${why}`,
    fix: 'Restore the file, or move the files of the log elsewhere',
  });

const newer = (path: string, version: number): CantripError =>
  new CantripError(codes.RUN_LOG_NEWER, {
    who: 'run-log',
    what: `${path} has version ${version} of the format, but this release knows version ${formatVersion}`,
    fix: 'Install a newer release of @cantrip/run-log',
  });
