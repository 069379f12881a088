import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The files of an experiment, by path from the module's folder, each with a digest of its text. */
export type Fingerprint = Readonly<Record<string, string>>;

const importPattern = /(?:\bfrom|\bimport)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g;
const endings = ['', '.ts', '.js', '.mts', '.mjs', '/index.ts', '/index.js'];

/**
 * What an experiment's results depend on, as far as a resumed ablation can check it: the text of its module, and of
 * every file that it imports by a relative path. Packages are not followed.
 */
export function fingerprintOf(module: string): Fingerprint {
  const path = fileURLToPath(module);
  const digests = new Map<string, string>();
  visit(path, digests);
  const root = dirname(path);
  const named = [...digests].map(
    ([file, digest]) => [relative(root, file).split(sep).join('/'), digest] as const,
  );
  return Object.fromEntries(named.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function visit(file: string, digests: Map<string, string>): void {
  if (digests.has(file)) return;
  const text = readFileSync(file, 'utf8');
  digests.set(file, createHash('sha256').update(text.replaceAll('\r\n', '\n')).digest('hex').slice(0, 16));
  for (const [, specifier = ''] of text.matchAll(importPattern)) {
    const imported = sourceOf(resolve(dirname(file), specifier));
    if (imported !== undefined) visit(imported, digests);
  }
}

/** TypeScript files may be imported by the name of their compiled file. */
function sourceOf(path: string): string | undefined {
  const candidates = [...endings.map((ending) => path + ending), path.replace(/\.([cm]?)js$/, '.$1ts')];
  return candidates.find((candidate) => /\.[cm]?[jt]s$/.test(candidate) && existsSync(candidate));
}
