import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * A hook for Node's module loader. What a project writes in TypeScript is an ES module, wherever it is. Node decides what
 * `.js` is in a folder whose package.json does not say it.
 *
 * In such a folder, tsx would make CommonJS of both. Then each package that the module imports would be loaded a second
 * time as CommonJS, and two copies of a package do not know each other's objects.
 */
const formatOfOwnModules = `
export async function resolve(specifier, context, next) {
  const resolved = await next(specifier, context);
  if (resolved.url.includes('/node_modules/')) return resolved;
  if (/\\.m?tsx?(?:$|[?#])/.test(resolved.url)) return { ...resolved, format: 'module' };
  const isUnsaid = /\\.js(?:$|[?#])/.test(resolved.url) && resolved.format === 'commonjs';
  return isUnsaid ? { ...resolved, format: undefined } : resolved;
}`;

let isRegistered = false;

/** Lets this process import TypeScript, with the `paths` of the tsconfig.json that is nearest to a folder. */
export async function importTypeScript(folder: string): Promise<void> {
  if (isRegistered) return;
  isRegistered = true;
  await import(typeScriptPreload(folder));
}

/** The address of a module that does so in the process that imports it, for Node's option `--import`. */
export function typeScriptPreload(folder: string): string {
  const api = import.meta.resolve('tsx/esm/api');
  return asAddress(
    `import { register as registerHooks } from 'node:module';
    import { register } from ${JSON.stringify(api)};
    register({ tsconfig: ${JSON.stringify(nearestTsconfig(folder) ?? false)} });
    registerHooks(${JSON.stringify(asAddress(formatOfOwnModules))});`,
  );
}

const asAddress = (source: string): string => `data:text/javascript,${encodeURIComponent(source)}`;

function nearestTsconfig(folder: string): string | undefined {
  const path = join(folder, 'tsconfig.json');
  if (existsSync(path)) return path;
  const parent = dirname(folder);
  return parent === folder ? undefined : nearestTsconfig(parent);
}
