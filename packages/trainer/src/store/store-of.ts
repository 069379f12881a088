import { CantripError, describe } from '@cantrip/errors';
import type { AnyPlugin } from '../contract/plugin.ts';
import type { RunStore } from '../contract/run-store.ts';

/** The store of a list of plugins; undefined if none of them keeps runs. */
export const storeOf = (plugins: readonly AnyPlugin[]): RunStore | undefined =>
  plugins.find(({ store }) => store !== undefined)?.store;

/**
 * The store of a list of plugins.
 *
 * @throws CantripError OPTION_INVALID if no plugin keeps runs
 */
export function requireStore(who: 'saveTo' | 'fit', plugins: readonly AnyPlugin[]): RunStore {
  const store = storeOf(plugins);
  if (store) return store;
  throw new CantripError('OPTION_INVALID', {
    who,
    what: `${who === 'fit' ? 'resume needs' : 'a run is written by'} a plugin that keeps runs, but the list has none`,
    fix: "Add checkpoint({ folder: 'runs/first' }) of '@cantrip/checkpoint' to plugins",
  });
}

/**
 * Checks the path of `saveTo`.
 *
 * @throws CantripError OPTION_INVALID
 */
export function readPath(path: unknown): string {
  if (typeof path === 'string' && path !== '' && !path.includes('\0')) return path;
  throw new CantripError('OPTION_INVALID', {
    who: 'saveTo',
    what: `path must be the path of a folder, got ${describe(path)}`,
    fix: "Write saveTo('runs/first/last')",
  });
}
