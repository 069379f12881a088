import { readFileSync } from 'node:fs';

/** Values made by another implementation, with their provenance. */
export interface Golden<Cases> {
  readonly source: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly command: string;
  readonly tolerance: Readonly<Record<string, number>>;
  readonly cases: Cases;
}

/** Reads a golden file. Throws if it does not state its provenance. */
export function loadGolden<Cases>(url: URL): Golden<Cases> {
  const golden = JSON.parse(readFileSync(url, 'utf8')) as Partial<Golden<Cases>>;
  for (const field of ['source', 'versions', 'command', 'tolerance', 'cases'] as const) {
    if (golden[field] === undefined) throw new Error(`${url.pathname}: the golden file has no ${field}`);
  }
  return golden as Golden<Cases>;
}
