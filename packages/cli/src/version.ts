import { readFileSync } from 'node:fs';

/** The version of this package. */
export function version(): string {
  // The built file is as deep as this one.
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return (manifest as { readonly version: string }).version;
}
