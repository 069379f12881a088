import { CantripError } from '@cantrip/errors';
import { matchesName, type NamePattern } from '@cantrip/plugin-kit';
import type { Hyperparameter } from './hyperparameter.ts';
import type { ParameterRoles } from './named.ts';

/** The settings that a group may have with every optimizer. */
export interface GroupSettings {
  /** Replaces the weight decay of the optimizer; at least 0. */
  readonly weightDecay?: Hyperparameter;
  /** Replaces the learning rate of the run, scheduled or not; at least 0. */
  readonly learningRate?: Hyperparameter;
  /** Multiplies the learning rate; at least 0, 1 by default. */
  readonly learningRateFactor?: Hyperparameter;
}

/**
 * Settings for the parameters whose names match: those of {@link GroupSettings}, and the hyperparameters `Own` of the
 * optimizer's rule, e.g. `momentum` of sgd.
 */
export type ParameterGroup<Own extends string = never> = GroupSettings & {
  /**
   * A regular expression that matches a part of the parameter's name, or a glob for the whole name. In a glob, `*`
   * matches any characters except `/`, and `**` matches any characters, e.g. `*_1/kernel`, `head/**`. A number that
   * makes a name unique is ignored: `*_1/bias` also matches `bidirectional_1/bias_2`, which the layer calls `bias`.
   */
  readonly match: NamePattern;
  /** Whether every parameter with at most one axis is in the group too, whatever its name; `false` by default. */
  readonly vectors?: boolean;
} & { readonly [Name in Own]?: Hyperparameter };

/**
 * The usual exceptions from weight decay: biases, `gamma` and `beta` of normalisation layers, the slopes `alpha` of PReLU,
 * and every other parameter with at most one axis, as timm's `param_groups_weight_decay`.
 *
 * @example
 * ```ts
 * sgd({ momentum: 0.9, weightDecay: 5e-4, groups: [noDecayOnBiasesAndNorms] });
 * ```
 * @see He et al., Bag of tricks for image classification, section 3.1, https://arxiv.org/abs/1812.01187
 */
export const noDecayOnBiasesAndNorms: ParameterGroup = {
  match: /(^|\/)(bias|gamma|beta|alpha)$/,
  vectors: true,
  weightDecay: 0,
};

/**
 * Returns the settings of a parameter: each from the first group that matches it and has this setting.
 *
 * @param rank - the number of the parameter's axes
 */
export function settingsOf(
  groups: readonly ParameterGroup[],
  parameter: string,
  rank: number,
  role: string = parameter,
): GroupSettings & Readonly<Record<string, Hyperparameter>> {
  const fitting = groups.filter(
    ({ match, vectors }) => (vectors && rank <= 1) || matchesName(match, parameter, role),
  );
  const {
    match: _match,
    vectors: _vectors,
    ...settings
  } = Object.assign({}, ...fitting.reverse()) as Partial<ParameterGroup>;
  return settings as GroupSettings & Readonly<Record<string, Hyperparameter>>;
}

/** Whether a hyperparameter may differ from 0 for any parameter. If so, its slots are needed. */
export function mayMatter<Own extends string>(
  name: Own,
  standard: Hyperparameter,
  groups: readonly ParameterGroup<Own>[],
): boolean {
  return [standard, ...groups.map((group) => group[name])].some((value = 0) => value !== 0);
}

/**
 * Refuses a group that matches no parameter, because its pattern is then a mistake. A group of vectors is none: a model
 * may have no vector.
 */
export function checkGroups(
  who: string,
  groups: readonly ParameterGroup[],
  parameters: readonly string[],
  roles: ParameterRoles = {},
): void {
  const unused = groups.findIndex(
    ({ match, vectors }) => !vectors && !parameters.some((name) => matchesName(match, name, roles[name])),
  );
  if (unused === -1) return;
  throw new CantripError('OPTION_INVALID', {
    who,
    what: `groups[${unused}].match ${String(groups[unused]?.match)} matches no parameter`,
    fix: `The parameters are ${listed(parameters)}`,
  });
}

function listed(names: readonly string[]): string {
  const most = 30;
  const rest = names.length - most;
  return `${names.slice(0, most).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
