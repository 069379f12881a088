import * as tf from '@tensorflow/tfjs-core';

/** Remembers the values of variables before a step, so a failed step can be undone. */
export interface ChangeLog {
  /** Runs a program op by op. The old value of each variable is kept by reference; nothing is copied. */
  during<T>(run: () => T): T;
  /** Remembers the value of a variable before a call of TensorFlow changes it. */
  readonly note: (variable: tf.Variable, value: () => tf.Tensor) => void;
  /** Notes that variables may have changed unseen, as in a replay of TensorFlow. */
  missed(): void;
  /** Restores the old values of the variables. If some changes were unseen, it does nothing and returns false. */
  takeBack(): boolean;
  /** Accepts the changes. */
  accept(): void;
}

interface Disposing {
  disposeTensor: (tensor: tf.Tensor) => void;
}

/** Creates a log of all variables of a run, whatever assigns them: the optimizer, a layer, a plugin or a loss. */
export function createChangeLog(): ChangeLog {
  const before = new Map<tf.Variable, tf.Tensor>();
  let complete = true;

  const note: ChangeLog['note'] = (variable, value) => {
    if (!before.has(variable)) before.set(variable, tf.keep(value()));
  };

  function accept(): void {
    for (const value of before.values()) value.dispose();
    before.clear();
    complete = true;
  }

  return {
    accept,
    note,
    missed: () => void (complete = false),
    during(run) {
      const engine = tf.engine() as unknown as Disposing;
      const dispose = engine.disposeTensor.bind(engine);
      // A variable disposes its old value here when another one is assigned, even if its `assign` is watched.
      engine.disposeTensor = (tensor) => {
        if (tensor instanceof tf.Variable) note(tensor as tf.Variable, () => tf.clone(tensor));
        dispose(tensor);
      };
      try {
        return run();
      } finally {
        Reflect.deleteProperty(engine, 'disposeTensor');
      }
    },
    takeBack() {
      const all = complete;
      if (all) {
        for (const [variable, value] of before) if (!variable.isDisposed) variable.assign(value);
      }
      accept();
      return all;
    },
  };
}
