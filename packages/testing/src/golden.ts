import { readFileSync } from 'node:fs';

/** Values made by another implementation, with what made them. */
export interface Golden<Cases> {
  readonly source: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly command: string;
  readonly tolerance: Readonly<Record<string, number>>;
  readonly cases: Cases;
}

/** Reads a golden file and insists on its provenance. */
export function loadGolden<Cases>(url: URL): Golden<Cases> {
  const golden = JSON.parse(readFileSync(url, 'utf8')) as Partial<Golden<Cases>>;
  for (const field of ['source', 'versions', 'command', 'tolerance', 'cases'] as const) {
    if (golden[field] === undefined) throw new Error(`${url.pathname}: a golden file must say its ${field}`);
  }
  return golden as Golden<Cases>;
}
