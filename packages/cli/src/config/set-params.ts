import { CantripError, isPlainObject } from '@cantrip/errors';
import { codes } from '../error-codes.ts';
import { nearest } from '../nearest.ts';
import type { Param, Params } from './params.ts';
import { readParam } from './read-param.ts';

/**
 * Changes parameters as `--set` says. Each value is read as the type of its default.
 *
 * @param sets - texts such as `optimizer.learningRate=0.01`; of two for one parameter, the later one counts
 * @returns new parameters
 * @throws CantripError CLI_PARAMETER
 * @example
 * ```ts
 * setParams('cantrip train', { optimizer: { learningRate: 0.1 } }, ['optimizer.learningRate=1e-3']);
 * // { optimizer: { learningRate: 0.001 } }
 * ```
 */
export function setParams<P extends Params>(who: string, defaults: P, sets: readonly string[]): P {
  const changed = structuredClone(defaults) as Record<string, unknown>;
  for (const set of sets) setOne(who, changed, set);
  return changed as P;
}

function setOne(who: string, params: Record<string, unknown>, set: string): void {
  const equals = set.indexOf('=');
  if (equals < 1) {
    throw wrong(who, `--set must be name=value, got ${JSON.stringify(set)}`, 'Write --set learningRate=0.01');
  }
  const [path, text] = [set.slice(0, equals), set.slice(equals + 1)];
  const names = path.split('.');
  const last = names.pop()!;
  let group = params;
  for (const name of names) {
    const inner = Object.hasOwn(group, name) ? group[name] : undefined;
    if (!isPlainObject(inner)) throw unknown(who, params as Params, path);
    group = inner as Record<string, unknown>;
  }
  if (!Object.hasOwn(group, last)) throw unknown(who, params as Params, path);
  const before = group[last];
  if (isPlainObject(before)) {
    const inner = pathsOf(before as Params, `${path}.`);
    throw wrong(who, `--set ${path} names a group of parameters`, `Set one of them: ${inner.join(', ')}`);
  }
  const read = readParam(before as Param, text);
  if ('problem' in read) {
    throw wrong(
      who,
      `${path} ${read.problem}, got ${JSON.stringify(text)}`,
      `Write --set ${path}=${read.example}`,
    );
  }
  group[last] = read.value;
}

function unknown(who: string, params: Params, path: string): CantripError {
  const paths = pathsOf(params);
  if (paths.length === 0) {
    const fix = 'Give it some: defineConfig({ params: { learningRate: 0.1 }, run: (params) => … })';
    return wrong(who, `--set ${path} cannot be used, because the config has no params`, fix);
  }
  // Someone who writes the name without its group means the one parameter of that name.
  const sameName = paths.filter((known) => known.endsWith(`.${path}`));
  const meant = sameName.length === 1 ? sameName[0] : nearest(path, paths);
  const fix = meant === undefined ? `Its parameters are ${paths.join(', ')}` : `Perhaps you mean ${meant}`;
  return wrong(who, `the config has no parameter ${path}`, fix);
}

/** The names of all parameters, with those of their groups. */
function pathsOf(params: Params, before = ''): string[] {
  return Object.entries(params).flatMap(([name, value]) =>
    isPlainObject(value) ? pathsOf(value as Params, `${before}${name}.`) : `${before}${name}`,
  );
}

function wrong(who: string, what: string, fix: string): CantripError {
  return new CantripError(codes.CLI_PARAMETER, { who, what, fix });
}
