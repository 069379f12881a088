import { existsSync } from 'node:fs';
import { register as registerHooks } from 'node:module';
import { dirname, join } from 'node:path';
import { register } from 'tsx/esm/api';

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
export function importTypeScript(folder: string): void {
  if (isRegistered) return;
  isRegistered = true;
  register({ tsconfig: nearestTsconfig(folder) ?? false });
  registerHooks(`data:text/javascript,${encodeURIComponent(formatOfOwnModules)}`);
}

function nearestTsconfig(folder: string): string | undefined {
  const path = join(folder, 'tsconfig.json');
  if (existsSync(path)) return path;
  const parent = dirname(folder);
  return parent === folder ? undefined : nearestTsconfig(parent);
}
