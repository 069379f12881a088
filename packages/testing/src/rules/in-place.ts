import type { AnyPlugin } from '@cantrip/trainer';

type Hook = (this: unknown, ...given: unknown[]) => unknown;

/** Replaces hooks of a plugin. The object stays, because other code may ask for the run's values by it. */
export function replaceHooks(
  plugin: AnyPlugin,
  names: readonly (keyof AnyPlugin)[],
  replacement: (hook: Hook, name: string) => Hook,
): void {
  for (const name of names) {
    const hook = plugin[name] as Hook | undefined;
    if (hook) Object.assign(plugin, { [name]: replacement(hook, name) });
  }
}
