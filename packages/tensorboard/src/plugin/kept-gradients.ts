import { copyVariables } from '@cantrip/plugin-kit';
import type { Plugin, Run } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';

type RunningOptimizer = ReturnType<NonNullable<Plugin['transformOptimizer']>>;
type Variables = Readonly<Record<string, tf.Variable>>;

/** The gradients of one step, kept on the device until the host has read them. */
export interface KeptGradients {
  /** By the names of the variables. */
  readonly values: Variables;
  /** Whether the next step keeps its gradients. Another answer is another program of the step. */
  keeps: boolean;
}

/** Room for the gradients of the variables that can be trained. The caller disposes it. */
export function roomForGradients(run: Run, isChosen: (name: string) => boolean): KeptGradients {
  const chosen = Object.entries(run.variables).filter(
    ([name, { dtype }]) => dtype === 'float32' && isChosen(name),
  );
  return { values: copyVariables(Object.fromEntries(chosen)), keeps: false };
}

/**
 * Copies the gradients of a whole step, right before the update. With accumulated gradients, that is their mean. A variable that
 * is not updated has zeros.
 */
export function keepGradients(optimizer: RunningOptimizer, kept: KeptGradients): RunningOptimizer {
  const keeping =
    (apply: RunningOptimizer['apply']): RunningOptimizer['apply'] =>
    (update) => {
      if (kept.keeps) {
        tf.tidy(() => {
          for (const [name, room] of Object.entries(kept.values)) {
            const gradient = update.gradients[name];
            room.assign(gradient ? tf.clone(gradient) : tf.zerosLike(room));
          }
        });
      }
      return apply(update);
    };
  if (!optimizer.wrapUpdate) return { ...optimizer, apply: keeping(optimizer.apply) };
  optimizer.wrapUpdate(keeping);
  return optimizer;
}
