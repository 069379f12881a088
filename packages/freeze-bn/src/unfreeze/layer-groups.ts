import { CantripError, describe } from '@cantrip/errors';
import { matchesName } from '@cantrip/plugin-kit';
import * as v from 'valibot';

/**
 * The parameters of one layer, or block of layers: a pattern for their names, as in the parameter groups of
 * `@cantrip/optimizers`. A glob must match the whole name: `*` matches any characters except `/`, `**` any
 * characters.
 */
export type LayerGroup = RegExp | string | LayerGroupSettings;

/** A group with a learning rate factor, as `layerwiseDecay` of `@cantrip/optimizers` returns them. */
export interface LayerGroupSettings {
  readonly match: RegExp | string;
  /** Multiplies the learning rate once the group trains; 1 by default. */
  readonly learningRateFactor?: number | { readonly scalar: string };
}

/** A checked group. */
export interface CheckedGroup {
  readonly match: RegExp | string;
  readonly learningRateFactor: number;
}

const match = v.union(
  [v.pipe(v.string(), v.nonEmpty()), v.instance(RegExp)],
  'must be a RegExp or a glob for parameter names',
);

const group = v.looseObject({
  match,
  learningRateFactor: v.optional(v.pipe(v.number(), v.finite(), v.minValue(0)), 1),
});

/** Checks a list of {@link LayerGroup}. */
export const groupsSchema: v.GenericSchema<
  readonly LayerGroup[],
  readonly (RegExp | string | CheckedGroup)[]
> = v.pipe(
  v.array(
    v.lazy((given) =>
      typeof given === 'object' && given !== null && 'match' in given ? group : match,
    ) as v.GenericSchema<LayerGroup, RegExp | string | CheckedGroup>,
  ),
  v.minLength(1, 'must be a list of at least one group'),
);

/** A checked group of a list, with its settings. */
export function withSettings(checked: RegExp | string | CheckedGroup): CheckedGroup {
  return typeof checked === 'string' || checked instanceof RegExp
    ? { match: checked, learningRateFactor: 1 }
    : checked;
}

/**
 * The group of each parameter: the first that matches its name, or its name without the number that makes it unique.
 *
 * @throws CantripError OPTION_INVALID if a group has no parameter
 */
export function groupOfParameters(
  who: string,
  groups: readonly CheckedGroup[],
  names: readonly string[],
  roles: Readonly<Record<string, string>> = {},
): ReadonlyMap<string, number> {
  const found = names.flatMap((name) => {
    const index = groups.findIndex(({ match: pattern }) => matchesName(pattern, name, roles[name]));
    return index === -1 ? [] : [[name, index] as const];
  });
  const empty = groups.findIndex((_, index) => !found.some(([, at]) => at === index));
  if (empty !== -1) throw noParameter(who, groups[empty]!.match, empty, names);
  return new Map(found);
}

function noParameter(
  who: string,
  pattern: RegExp | string,
  index: number,
  names: readonly string[],
): CantripError {
  const written = pattern instanceof RegExp ? String(pattern) : describe(pattern);
  return new CantripError('OPTION_INVALID', {
    who,
    what: `groups[${index}] ${written} has no parameter`,
    fix: `Correct its pattern, or move it before the group that takes its parameters. A parameter belongs to the first group that matches its name. The parameters are ${names.join(', ')}`,
  });
}
