import { copyVariables } from '@cantrip/plugin-kit';
import type { Run } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';

type Variables = Readonly<Record<string, tf.Variable>>;

/** Copies of the model's weights in two sets of variables: the best ones, and others. They stay on the device. */
export interface KeptWeights {
  readonly best: Variables;
  /** During `fit` the weights that validation used; while the model has the best ones, the run's own. */
  readonly others: Variables;
}

/** The variables of {@link KeptWeights} for a plugin's hook `variables`. */
export function copiesToKeep(run: Run): Variables {
  const copiesIn = (set: string): Variables => copyVariables(run.variables, (name) => `${set}/${name}`);
  return { ...copiesIn('best'), ...copiesIn('others') };
}

/** The variables of {@link copiesToKeep} by the names of the model's variables. */
export function keptWeights(run: Run, own: Variables): KeptWeights {
  const setOf = (set: string): Variables =>
    Object.fromEntries(Object.keys(run.variables).map((name) => [name, own[`${set}/${name}`]!]));
  return { best: setOf('best'), others: setOf('others') };
}

/** Gives variables the values of the variables of the same names. */
export function copyWeights(from: Variables, to: Variables): void {
  for (const [name, one] of Object.entries(from)) tf.tidy(() => to[name]!.assign(tf.clone(one)));
}
