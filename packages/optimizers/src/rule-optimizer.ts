import * as tf from '@tensorflow/tfjs-core';
import type { Scalar } from '@tensorflow/tfjs-core';
import { checkUpdate } from './check-update.ts';
import type { NamedVariables } from './named.ts';
import type { Optimizer, RunningOptimizer, Update } from './optimizer.ts';
import { checkGroups, groupOf, type ParameterGroup } from './parameter-group.ts';
import type { UpdateOptions, UpdateRule } from './rules/update-rule.ts';
import { createSlotStore } from './slot-store.ts';

/** What {@link ruleOptimizer} makes an optimizer of. */
export interface RuleOptimizerOptions {
  readonly name: string;
  /** The learning rate when no plugin schedules one. */
  readonly learningRate: number;
  readonly weightDecay?: number;
  /** The first that fits a parameter's name counts. */
  readonly groups?: readonly ParameterGroup[];
  readonly rule: UpdateRule;
}

/**
 * Makes an optimizer of a pure update rule: applies the rule to each parameter and keeps its slots by name.
 *
 * The options are taken as they are; a factory such as `sgd` checks them first.
 *
 * @example
 * ```ts
 * const signDescent = ruleOptimizer({
 *   name: 'signDescent',
 *   learningRate: 0.01,
 *   rule: {
 *     slots: {},
 *     update: (parameter, gradient, _slots, { learningRate }) => ({
 *       parameter: tf.sub(parameter, tf.mul(learningRate, tf.sign(gradient))),
 *       slots: {},
 *     }),
 *   },
 * });
 * ```
 */
export function ruleOptimizer(options: RuleOptimizerOptions): Optimizer {
  const { name, learningRate } = options;
  return { name, learningRate, start: (parameters) => startRule(options, parameters) };
}

function startRule(
  { name: who, weightDecay = 0, groups = [], rule }: RuleOptimizerOptions,
  parameters: readonly string[] | undefined,
): RunningOptimizer {
  const store = createSlotStore(who, rule.slots);
  let groupsChecked = parameters !== undefined;
  if (parameters) checkGroups(who, groups, parameters);

  function apply(update: Update): void {
    checkUpdate(who, update);
    if (!groupsChecked) checkGroups(who, groups, Object.keys(update.variables));
    groupsChecked = true;
    tf.tidy(() => {
      const optionsOf = optionsByParameter(groups, { learningRate: update.learningRate, weightDecay });
      // All slots exist, and fit, before the first parameter changes.
      const parts = Object.entries(update.variables).map(
        ([name, variable]) => ({ name, variable, slots: store.of(name, variable) }) as const,
      );
      for (const { name, variable, slots } of parts) {
        const updated = rule.update(variable, gradientOf(update, name), slots, optionsOf(name));
        variable.assign(updated.parameter);
        assignAll(slots, updated.slots);
      }
    });
  }

  return { apply, slots: store.all, restore: store.restore, dispose: store.dispose };
}

function gradientOf(update: Update, name: string): tf.Tensor {
  return update.gradients[name] as tf.Tensor; // checkUpdate has seen to it
}

function assignAll(slots: NamedVariables, values: Readonly<Record<string, tf.Tensor>>): void {
  for (const [slot, variable] of Object.entries(slots)) variable.assign(values[slot] as tf.Tensor);
}

/** Each group's options are worked out once for an update, not once for each parameter. */
function optionsByParameter(
  groups: readonly ParameterGroup[],
  standard: Required<UpdateOptions>,
): (parameter: string) => UpdateOptions {
  const known = new Map<ParameterGroup | undefined, UpdateOptions>([[undefined, standard]]);
  return (parameter) => {
    const group = groupOf(groups, parameter);
    const options = known.get(group) ?? optionsOfGroup(group as ParameterGroup, standard);
    known.set(group, options);
    return options;
  };
}

function optionsOfGroup(
  { weightDecay, learningRateFactor = 1 }: ParameterGroup,
  standard: Required<UpdateOptions>,
): UpdateOptions {
  const { learningRate } = standard;
  return {
    learningRate: learningRateFactor === 1 ? learningRate : tf.mul<Scalar>(learningRate, learningRateFactor),
    weightDecay: weightDecay ?? standard.weightDecay,
  };
}
