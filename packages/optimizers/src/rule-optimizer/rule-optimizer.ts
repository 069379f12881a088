import * as tf from '@tensorflow/tfjs-core';
import type { Scalar } from '@tensorflow/tfjs-core';
import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { checkUpdate } from '../core/check-update.ts';
import { atLeastZero, matchSchema } from '../core/common-options.ts';
import { type Hyperparameter, scalarsOf, schedulable, withScalars } from '../core/hyperparameter.ts';
import type { ParameterRoles } from '../core/named.ts';
import type { Optimizer, RunningOptimizer, Update } from '../core/optimizer.ts';
import { updateAll } from './packed-update.ts';
import { checkGroups, type GroupSettings, type ParameterGroup, settingsOf } from '../core/parameter-group.ts';
import type { UpdateOptions, UpdateRule } from '../rules/update-rule.ts';
import { createSlotStore } from './slot-store.ts';

const anyNumber = schedulable(v.pipe(v.number(), v.finite()));

const ruleOptimizerOptions = v.strictObject({
  name: v.pipe(v.string(), v.nonEmpty('must not be empty')),
  learningRate: atLeastZero,
  weightDecay: v.optional(schedulable(atLeastZero)),
  groups: v.optional(v.array(v.looseObject({ match: matchSchema, vectors: v.exactOptional(v.boolean()) }))),
  hyperparameters: v.optional(v.record(v.string(), anyNumber)),
  rule: v.looseObject({
    slots: v.record(v.string(), v.picklist(['parameter', 'scalar'])),
    update: v.function(),
  }),
});

/** The options of {@link ruleOptimizer}. */
export interface RuleOptimizerOptions<Own extends string = never> {
  readonly name: string;
  /** The learning rate if no plugin schedules one. */
  readonly learningRate: number;
  readonly weightDecay?: Hyperparameter;
  /**
   * Groups of parameters. Each setting comes from the first group that matches the parameter's name and has this
   * setting.
   */
  readonly groups?: readonly ParameterGroup<NoInfer<Own>>[];
  /** The hyperparameters of the rule. They may be scheduled, and groups may set their own. */
  readonly hyperparameters?: Readonly<Record<Own, Hyperparameter>>;
  readonly rule: UpdateRule<NoInfer<Own>>;
}

/**
 * Makes an optimizer from a pure update rule. It applies the rule to each parameter and keeps its slots by name.
 *
 * Only the form of the options is checked here. A factory such as `sgd` also checks the ranges of its hyperparameters.
 *
 * @example
 * ```ts
 * const powerSign = ruleOptimizer({
 *   name: 'powerSign',
 *   learningRate: 0.01,
 *   hyperparameters: { power: scheduled('power') },
 *   groups: [{ match: 'head/**', power: 0.5 }],
 *   rule: {
 *     slots: {},
 *     update: (parameter, gradient, _slots, { learningRate, power }) => {
 *       const direction = tf.mul(tf.sign(gradient), tf.pow(tf.abs(gradient), power));
 *       return { parameter: tf.sub(parameter, tf.mul(learningRate, direction)), slots: {} };
 *     },
 *   },
 * });
 * ```
 */
export function ruleOptimizer<const Own extends string = never>(
  options: RuleOptimizerOptions<Own>,
): Optimizer {
  parseOptions('ruleOptimizer', ruleOptimizerOptions, options);
  const { name, learningRate, weightDecay = 0, groups = [], hyperparameters = {} } = options;
  const scalars = scalarsOf({ ...hyperparameters, weightDecay }, ...groups);
  const keeps = Object.keys(options.rule.slots);
  const settings = {
    ...hyperparameters,
    ...options.rule.settings,
    weightDecay,
    groups: groups.map((group) => ({ ...group, match: String(group.match) })),
  };
  return {
    name,
    learningRate,
    scalars,
    keeps,
    settings,
    start: (...parameters) => startRule(options, ...parameters),
  };
}

function startRule(
  { name: who, weightDecay = 0, groups = [], hyperparameters = {}, rule }: RuleOptimizerOptions,
  parameters: readonly string[] | undefined,
  roles: ParameterRoles = {},
): RunningOptimizer {
  const store = createSlotStore(who, rule.slots);
  let groupsChecked = parameters !== undefined;
  if (parameters) checkGroups(who, groups, parameters, roles);

  function apply(update: Update): void {
    checkUpdate(who, update);
    if (!groupsChecked) checkGroups(who, groups, Object.keys(update.variables), roles);
    groupsChecked = true;
    tf.tidy(() => {
      const optionsOf = optionsByParameter(who, groups, roles, { ...update, weightDecay, hyperparameters });
      // All slots are created and checked before the first parameter changes.
      const parts = Object.entries(update.variables).map(([name, variable]) => ({
        variable,
        gradient: gradientOf(update, name),
        slots: store.of(name, variable),
        options: optionsOf(name, variable.rank),
      }));
      updateAll(rule, parts);
    });
  }

  return { apply, slots: store.all, restore: store.restore, dispose: store.dispose };
}

function gradientOf(update: Update, name: string): tf.Tensor {
  return update.gradients[name] as tf.Tensor; // checkUpdate has seen to it
}

interface Standard extends Pick<Update, 'learningRate' | 'scalars'> {
  readonly weightDecay: Hyperparameter;
  readonly hyperparameters: Readonly<Record<string, Hyperparameter>>;
}

/**
 * Computes the options of each parameter. Options that several parameters share are computed only once in an update.
 */
function optionsByParameter(
  who: string,
  groups: readonly ParameterGroup[],
  roles: ParameterRoles,
  standard: Standard,
): (parameter: string, rank: number) => UpdateOptions {
  const known = new Map<string, UpdateOptions>();
  return (parameter, rank) => {
    const settings = settingsOf(groups, parameter, rank, roles[parameter]);
    const key = JSON.stringify(settings);
    const options = known.get(key) ?? optionsOfGroup(who, settings, standard);
    known.set(key, options);
    return options;
  };
}

function optionsOfGroup(who: string, settings: GroupSettings, standard: Standard): UpdateOptions {
  const { learningRate: common, weightDecay, hyperparameters, scalars } = standard;
  const given = withScalars(
    who,
    { ...hyperparameters, weightDecay, learningRate: common, learningRateFactor: 1, ...settings },
    scalars,
  );
  const { learningRate: rate, learningRateFactor: factor, ...own } = given;
  const learningRate = typeof rate === 'number' ? tf.scalar(rate) : rate;
  return { ...own, learningRate: factor === 1 ? learningRate : tf.mul<Scalar>(learningRate, factor) };
}
