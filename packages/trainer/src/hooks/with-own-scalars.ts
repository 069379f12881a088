import type { AnyPlugin } from '../contract/plugin.ts';
import { ownName } from '../contract/plugin-id.ts';
import type { StepContext } from '../contract/step-context.ts';

/** The scalars as an instance sees them: its own ones by the names that it gave them. */
export function withOwnScalars(plugin: AnyPlugin, scalars: StepContext['scalars']): StepContext['scalars'] {
  const prefix = ownName(plugin, '');
  const own = Object.entries(scalars).flatMap(([name, one]) =>
    name.startsWith(prefix) ? [[name.slice(prefix.length), one] as const] : [],
  );
  return { ...scalars, ...Object.fromEntries(own) };
}
