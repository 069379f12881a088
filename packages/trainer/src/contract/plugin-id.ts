import type { AnyPlugin } from './plugin.ts';

/** What a plugin provides that shows the epochs itself. */
export const showsEpochs = 'progress';

/**
 * The plugins that belong to a saved run. One that shows the epochs and keeps nothing does not: a run that began on a terminal goes on without a
 * bar elsewhere.
 */
export const savedPlugins = (plugins: readonly AnyPlugin[]): readonly AnyPlugin[] =>
  plugins.filter(({ provides, state, variables }) => state ?? variables ?? !provides?.includes(showsEpochs));

/** What identifies a plugin in one run. */
interface Named {
  readonly name: string;
  readonly instance?: string | undefined;
}

/** The name of a plugin in a run: `label-smoothing`, or `label-smoothing:digit` for the instance `digit`. */
export const idOf = ({ name, instance }: Named): string =>
  instance === undefined ? name : `${name}:${instance}`;

/** The name that belongs to one instance alone, e.g. of a scalar or a stream. Without an instance it is the name. */
export const ownName = (plugin: Named, name: string): string =>
  plugin.instance === undefined ? name : `${idOf(plugin)}/${name}`;
