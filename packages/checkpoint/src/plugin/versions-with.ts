import { packageVersions } from '@cantrip/plugin-kit';

/**
 * The versions of the trainer, of this package and of the packages of plugins, by name. The name of a plugin begins with that
 * of its package without the scope.
 */
export function versionsWith(plugins: readonly string[]): Readonly<Record<string, string>> {
  const names = ['trainer', 'checkpoint', ...plugins.map((id) => id.split(/[/:]/)[0]!)];
  return packageVersions(
    names.map((name) => `@cantrip/${name}`),
    import.meta.url,
  );
}
