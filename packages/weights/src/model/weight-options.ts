import { type Check, optional, readOptions } from '@cantrip/errors';
import { type NamePattern, namePatternCheck } from '@cantrip/plugin-kit';
import type { WeightLayout } from '../layout/weight-layout.ts';
import { namesCheck } from '../names/names-check.ts';

/** The name in the file for each name in the model. */
export type WeightNames = ((name: string) => string | undefined) | Readonly<Record<string, string>>;

/** What may differ between a file and a model. */
export type WeightDifference = 'missing' | 'extra' | 'misshapen';

/** The options that reading and writing have in common. */
export interface NamesAndLayout {
  /**
   * The name in the file for each name in the model, as a function or a table. A function leaves a weight out by returning
   * undefined. A name that a table lacks stays as it is. {@link torchNames} makes such a function for PyTorch.
   */
  readonly names?: WeightNames | undefined;
  /**
   * `'tensorflow'` by default. `'pytorch'` chooses the layout by the class of each layer. A function returns a layout for
   * each name in the model. With names of PyTorch there is no default, because a square matrix fits in both.
   */
  readonly layout?: 'tensorflow' | 'pytorch' | ((name: string) => WeightLayout) | undefined;
}

export interface ImportWeightsOptions extends NamesAndLayout {
  /**
   * False by default: any difference is an error. True leaves out what is missing or extra. A list names the differences
   * that are allowed: `['missing', 'extra', 'misshapen']`.
   */
  readonly partial?: boolean | readonly WeightDifference[] | undefined;
  /** Names in the file that are not read: `[/^optimizer/]`. With PyTorch's layout `num_batches_tracked` is one. */
  readonly ignore?: readonly NamePattern[] | undefined;
}

/** Checked {@link NamesAndLayout}. */
export interface WeightOptions {
  readonly names: WeightNames;
  /** Undefined is TensorFlow.js's, unless the names are PyTorch's. */
  readonly layout: NamesAndLayout['layout'];
}

const layoutCheck: Check<NonNullable<WeightOptions['layout']>> = (value) =>
  typeof value === 'function' || value === 'tensorflow' || value === 'pytorch'
    ? undefined
    : 'must be "tensorflow", "pytorch" or a function';

const differences: readonly unknown[] = ['missing', 'extra', 'misshapen'];

const partialCheck: Check<boolean | readonly WeightDifference[]> = (value) =>
  typeof value === 'boolean' || (Array.isArray(value) && value.every((one) => differences.includes(one)))
    ? undefined
    : 'must be a boolean, or a list of "missing", "extra" and "misshapen"';

const ignoreCheck: Check<readonly NamePattern[]> = (value) =>
  Array.isArray(value) && value.every((one) => namePatternCheck(one) === undefined)
    ? undefined
    : 'must be a list of regular expressions and globs';

const common = {
  names: optional(namesCheck, {}),
  layout: optional(layoutCheck),
};

/** @throws CantripError OPTION_INVALID */
export function readExportOptions(who: string, options: NamesAndLayout): WeightOptions {
  return readOptions(who, common, options);
}

interface ReadImportOptions extends WeightOptions {
  readonly allowed: ReadonlySet<WeightDifference>;
  readonly ignore: readonly NamePattern[];
}

/** @throws CantripError OPTION_INVALID */
export function readImportOptions(who: string, options: ImportWeightsOptions): ReadImportOptions {
  const { partial, ignore, ...rest } = readOptions(
    who,
    { ...common, partial: optional(partialCheck, false), ignore: optional(ignoreCheck, []) },
    options,
  );
  const allowed = typeof partial === 'boolean' ? (partial ? (['missing', 'extra'] as const) : []) : partial;
  const counters = rest.layout === 'pytorch' ? [/(^|\.)num_batches_tracked$/] : [];
  return { ...rest, allowed: new Set(allowed), ignore: [...ignore, ...counters] };
}
