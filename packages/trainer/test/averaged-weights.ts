import type { NamedVariables } from '@cantrip/optimizers';
import type { Plugin, Run } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';

/** An average of the weights, moved in the step or on the host: a plugin with tensors of its own. */
export function averagedWeights(side: 'step' | 'host'): Plugin & { averages(): NamedVariables } {
  let averages: Record<string, tf.Variable> = {};
  let current: Run;
  const move = (): void =>
    tf.tidy(() => {
      for (const [name, average] of Object.entries(averages)) {
        average.assign(tf.add(tf.mul(average, 0.9), tf.mul(current.variables[name]!, 0.1)));
      }
    });
  return {
    name: 'averaged-weights',
    averages: () => averages,
    variables(run) {
      current = run;
      averages = Object.fromEntries(
        Object.entries(run.variables).map(([name, variable]) => [
          name,
          tf.variable(tf.clone(variable), false),
        ]),
      );
      return averages;
    },
    ...(side === 'step'
      ? { transformGradients: (gradients) => (move(), gradients) }
      : { onStepEnd: () => move() }),
  };
}
