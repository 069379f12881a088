import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Of this one its own files are loaded, without what it depends on. */
const alone = '@tensorflow/tfjs-node-gpu';

/**
 * The folders of these npm packages and of all that they depend on, below `root`. Optional ones that are not here are left
 * out; required ones that are not here are in `missing`.
 */
export function packagesNeeded(
  root: string,
  names: readonly string[],
): { readonly folders: readonly string[]; readonly missing: readonly string[] } {
  const folders = new Set<string>();
  const missing = new Set<string>();
  const visit = (name: string, from: string, optional: boolean): void => {
    const folder = folderOf(root, name, from);
    if (folder === undefined) {
      if (!optional) missing.add(name);
      return;
    }
    if (folders.has(folder)) return;
    folders.add(folder);
    if (name === alone) return;
    const { dependencies, optionalDependencies } = JSON.parse(
      readFileSync(join(root, folder, 'package.json'), 'utf8'),
    ) as Manifest;
    const perhaps = new Set(Object.keys(optionalDependencies ?? {}));
    for (const each of Object.keys(dependencies ?? {})) visit(each, folder, perhaps.has(each));
    for (const each of perhaps) visit(each, folder, true);
  };
  for (const name of names) visit(name, '', false);
  return { folders: [...folders].sort(), missing: [...missing].sort() };
}

/** As Node looks: in the own `node_modules`, then in those above. */
function folderOf(root: string, name: string, from: string): string | undefined {
  for (let place = from; ; place = place.slice(0, Math.max(0, place.lastIndexOf('/')))) {
    const folder = join(place, 'node_modules', name);
    if (existsSync(join(root, folder, 'package.json'))) return folder;
    if (place === '') return undefined;
  }
}
