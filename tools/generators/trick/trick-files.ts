import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { packageTsconfig } from '../../workspace-rules/package-files.ts';

const template = fileURLToPath(new URL('template', import.meta.url));

/**
 * The files of a new trick: path from the root to text.
 *
 * @param name - in kebab-case, e.g. `label-smoothing`; it becomes package, folder and plugin name
 */
export async function trickFiles(name: string): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for (const entry of readdirSync(template, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const source = join(entry.parentPath, entry.name);
    const path = `packages/${name}${source.slice(template.length)}`.replaceAll('\\', '/');
    files.set(rename(path, name), await formatted(path, rename(readFileSync(source, 'utf8'), name)));
  }
  files.set(`packages/${name}/LICENSE`, readFileSync(new URL('../../../LICENSE', import.meta.url), 'utf8'));
  const tsconfig = `packages/${name}/tsconfig.json`;
  files.set(tsconfig, await formatted(tsconfig, packageTsconfig));
  files.set(
    `.changeset/add-${name}.md`,
    `---\n'@cantrip/${name}': minor\n---\n\nThe first release of ${name}.\n`,
  );
  return files;
}

/** Why `name` cannot be a trick's; undefined when it can. */
export function nameProblem(name: string): string | undefined {
  if (name === '') return 'it is missing';
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) return 'it must be in kebab-case, like label-smoothing';
  return undefined;
}

/** Puts the name, in each of its forms, in the place of the template's. */
function rename(text: string, name: string): string {
  const camel = name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return text
    .replaceAll('trick-name', name)
    .replaceAll('trickName', camel)
    .replaceAll('TRICK_NAME', name.toUpperCase().replaceAll('-', '_'))
    .replaceAll('TrickName', camel.charAt(0).toUpperCase() + camel.slice(1));
}

async function formatted(path: string, text: string): Promise<string> {
  const options = await resolveConfig(template);
  return await format(text, { ...options, filepath: path });
}
