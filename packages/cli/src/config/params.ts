import { CantripError, describe, isPlainObject } from '@cantrip/errors';

/** A value that `--set` can change. */
export type Param = string | number | boolean | null | readonly Param[];

/** Parameters with their defaults, in groups or not. */
export interface Params {
  readonly [name: string]: Param | Params;
}

/** The type of a parameter that may be set, without the value of its default: `number` for `0.1`. */
export type Widened<P> = P extends string
  ? string
  : P extends number
    ? number
    : P extends boolean
      ? boolean
      : P extends null
        ? null
        : P extends readonly (infer One)[]
          ? readonly Widened<One>[]
          : { readonly [Name in keyof P]: Widened<P[Name]> };

/**
 * Checks that parameters are plain data with names that `--set` can write.
 *
 * @throws CantripError OPTION_INVALID
 */
export function checkParams(who: string, params: unknown, path = 'params'): Params {
  if (!isPlainObject(params)) throw wrong(who, path, 'must be an object of parameters', params);
  for (const [name, value] of Object.entries(params)) {
    const inner = `${path}.${name}`;
    if (name === '' || /[.=\s]/.test(name)) {
      throw new CantripError('OPTION_INVALID', {
        who,
        what: `${path} must have names without dots, spaces and =, got ${describe(name)}`,
        fix: 'Put parameters into groups: { optimizer: { learningRate: 0.1 } }',
      });
    }
    if (isPlainObject(value)) checkParams(who, value, inner);
    else checkParam(who, inner, value);
  }
  return params as Params;
}

function checkParam(who: string, path: string, value: unknown): void {
  if (Array.isArray(value)) value.forEach((one, at) => checkParam(who, `${path}.${at}`, one));
  else if (!isScalar(value)) {
    throw wrong(
      who,
      path,
      'must be text, a finite number, a boolean, null, an array or a group of these',
      value,
    );
  }
}

function isScalar(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return value === null || typeof value === 'string' || typeof value === 'boolean';
}

function wrong(who: string, path: string, what: string, value: unknown): CantripError {
  return new CantripError('OPTION_INVALID', {
    who,
    what: `${path} ${what}, got ${describe(value)}`,
    fix: 'Keep plain data in params, and create everything else in run',
  });
}
