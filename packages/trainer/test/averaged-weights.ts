import type { NamedVariables } from '@cantrip/optimizers';
import type { Plugin, Run, State } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';

/** An average of the weights, moved in the step or on the host: a plugin with tensors of its own. */
export function averagedWeights(side: 'step' | 'host'): Plugin<State, void, Run> {
  const move = (averages: NamedVariables, run: Run): void =>
    tf.tidy(() => {
      for (const [name, average] of Object.entries(averages)) {
        average.assign(tf.add(tf.mul(average, 0.9), tf.mul(run.variables[name]!, 0.1)));
      }
    });
  return {
    name: 'averaged-weights',
    setup: (run) => ({ locals: run }),
    variables: (run) =>
      Object.fromEntries(
        Object.entries(run.variables).map(([name, one]) => [name, tf.variable(tf.clone(one), false)]),
      ),
    ...(side === 'step'
      ? {
          transformGradients(gradients, { ownVariables, locals }) {
            move(ownVariables, locals);
            return gradients;
          },
        }
      : { onStepEnd: ({ ownVariables, run }) => move(ownVariables, run) }),
  };
}
