import { isPlainObject } from '@cantrip/errors';
import type { RunInfo } from '@cantrip/run-log';

/** Settings by their path, e.g. `optimizer.settings.momentum`, as texts. */
export type FlatSettings = ReadonlyMap<string, string>;

/** All that a run was told: hyperparameters, plugins with their settings, and what the trainer describes. */
export function flatSettings({ hyperparameters, plugins, description }: RunInfo): FlatSettings {
  const byName = Object.fromEntries(
    plugins.map(({ name, settings }) => [name, settings ?? 'in the list'] as const),
  );
  const { plugins: _, library, ...described } = description as Readonly<Record<string, unknown>>;
  return new Map([
    ...flat('hyperparameters', hyperparameters),
    ...flat('plugins', byName),
    ...flat('', described),
    ...flat('library', library ?? {}),
    ['order of plugins', plugins.map(({ name }) => name).join(', ')] as const,
  ]);
}

/** A value as text: what is no text is JSON. */
export const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));

export function flat(path: string, value: unknown): readonly (readonly [string, string])[] {
  const join = (key: string): string => (path === '' ? key : `${path}.${key}`);
  if (isPlainObject(value)) return Object.entries(value).flatMap(([key, one]) => flat(join(key), one));
  // Lists of layers are long, so each entry has a path of its own.
  if (Array.isArray(value) && value.some((one) => typeof one === 'object' && one !== null))
    return value.flatMap((one, index) => flat(`${path}[${index}]`, one));
  return [[path, textOf(value)]];
}
