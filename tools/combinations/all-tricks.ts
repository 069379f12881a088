import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { TrickTogether } from '@cantrip/testing';

const packages = fileURLToPath(new URL('../../packages', import.meta.url));

/** What each trick gives to be tested with the others: `test/together.ts` of each package that is a trick. */
export async function allTricks(): Promise<readonly TrickTogether[]> {
  return (await Promise.all(trickFiles().map(togetherOf))).flat();
}

/** The paths of the files that say how tricks are tested together. */
export function trickFiles(): readonly string[] {
  return readdirSync(packages).filter(isTrick).map(fileOf);
}

function isTrick(name: string): boolean {
  const manifest = join(packages, name, 'package.json');
  if (!existsSync(manifest)) return false;
  const { keywords = [] } = JSON.parse(readFileSync(manifest, 'utf8')) as { keywords?: string[] };
  return keywords.includes('cantrip-trick');
}

function fileOf(name: string): string {
  const file = join(packages, name, 'test', 'together.ts');
  if (existsSync(file)) return file;
  throw new Error(
    `packages/${name} is a trick without test/together.ts. Export its plugins there as together`,
  );
}

async function togetherOf(file: string): Promise<readonly TrickTogether[]> {
  const { together } = (await import(pathToFileURL(file).href)) as {
    together: readonly TrickTogether[];
  };
  return together;
}
