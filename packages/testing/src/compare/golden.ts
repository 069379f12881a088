import { CantripError, type Check, checkArgument } from '@cantrip/errors';
import { readFileSync } from 'node:fs';

/** Values made by another implementation, with their provenance. */
export interface Golden<Cases> {
  readonly source: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly command: string;
  readonly tolerance: Readonly<Record<string, number>>;
  readonly cases: Cases;
}

const urlCheck: Check<URL> = (value) =>
  value instanceof URL && value.protocol === 'file:' ? undefined : 'must be the URL of a file';

/**
 * Reads a golden file.
 *
 * @throws CantripError OPTION_INVALID, also if the file does not say where its values come from
 * @example
 * ```ts
 * const { cases, tolerance } = loadGolden<Cases>(new URL('./golden.json', import.meta.url));
 * ```
 */
export function loadGolden<Cases>(url: URL): Golden<Cases> {
  checkArgument('loadGolden', 'url', urlCheck, url);
  const golden = JSON.parse(readFileSync(url, 'utf8')) as Partial<Golden<Cases>>;
  for (const field of ['source', 'versions', 'command', 'tolerance', 'cases'] as const) {
    if (golden[field] === undefined) throw without(url, field);
  }
  return golden as Golden<Cases>;
}

function without({ pathname }: URL, field: string): CantripError {
  return new CantripError('OPTION_INVALID', {
    who: 'loadGolden',
    what: `the golden file ${pathname} has no ${field}`,
    fix: 'Write source, versions, command, tolerance and cases',
  });
}
