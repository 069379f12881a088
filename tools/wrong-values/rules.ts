import * as tf from '@tensorflow/tfjs-core';

/** Which values an argument or an option may have: written by hand from its documentation, not read from its check. */
export type Rule = (value: unknown) => boolean;

/**
 * Rules by option, for an argument that holds options: no other option is legal. An option within others is named by its
 * path: `position.epoch`.
 */
export type OptionRules = Readonly<Record<string, Rule>>;

interface Bounds {
  readonly min?: number;
  readonly above?: number;
  readonly max?: number;
  readonly below?: number;
}

/** A finite number within bounds; 0 is 0 whatever its sign. */
export const number =
  ({ min = -Infinity, above = -Infinity, max = Infinity, below = Infinity }: Bounds = {}): Rule =>
  (value) =>
    typeof value === 'number' &&
    Number.isFinite(value) &&
    value >= min &&
    value > above &&
    value <= max &&
    value < below;

/** A whole number that a double holds exactly, within bounds. */
export const integer = (bounds: Bounds = {}): Rule => {
  const within = number(bounds);
  return (value) => Number.isSafeInteger(value) && within(value);
};

export const flag: Rule = (value) => typeof value === 'boolean';

export const text: Rule = (value) => typeof value === 'string';

export const either =
  (...rules: readonly Rule[]): Rule =>
  (value) =>
    rules.some((rule) => rule(value));

/** An object of no class. */
export const plain: Rule = (value) =>
  typeof value === 'object' &&
  value !== null &&
  [null, Object.prototype].includes(Object.getPrototypeOf(value) as null);

/** A text that is not empty: the name of a thing. */
export const name: Rule = (value) => text(value) && value !== '';

/** What chooses names: a name with wildcards, or a regular expression. */
export const pattern: Rule = either(name, (value) => value instanceof RegExp);

export const callable: Rule = (value) => typeof value === 'function';

export const oneOf =
  (...choices: readonly unknown[]): Rule =>
  (value) =>
    choices.includes(value);

/** The option may be left out, which undefined is too. */
export const optional = (rule: Rule): Rule => either((value) => value === undefined, rule);

/** Options of which each may be left out. */
export const optionalOptions = (value: unknown): boolean => value === undefined || isEmptyObject(value);

export const arrayOf =
  (rule: Rule, { min = 0 }: Pick<Bounds, 'min'> = {}): Rule =>
  (value) =>
    Array.isArray(value) && value.length >= min && value.every(rule);

interface TensorKind {
  /** float32 by default. */
  readonly dtypes?: readonly string[];
  /** Any by default. */
  readonly rank?: number;
  readonly shape?: readonly number[];
}

/** A tensor that is not disposed of. */
export const tensor =
  ({ dtypes = ['float32'], rank, shape }: TensorKind = {}): Rule =>
  (value) => {
    if (!(value instanceof tf.Tensor)) return false;
    const given = value as tf.Tensor;
    if (given.isDisposed || !dtypes.includes(given.dtype)) return false;
    if (rank !== undefined && given.rank !== rank) return false;
    return shape === undefined || tf.util.arraysEqual(given.shape, [...shape]);
  };

/** A float32 tensor without axes. */
export const scalar: Rule = tensor({ rank: 0 });

/** Nothing that the table of wrong values holds. */
export const nothing: Rule = () => false;

/** Whatever a user may want, so that only a raw error is a fault. */
export const anything: Rule = () => true;

/** Values by name. */
export const named =
  (rule: Rule): Rule =>
  (value) =>
    isPlain(value) && Object.values(value).every(rule);

/** An object without keys, which also is a set of tensors or variables that holds none. */
export function isEmptyObject(value: unknown): boolean {
  return isPlain(value) && Reflect.ownKeys(value).length === 0;
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
