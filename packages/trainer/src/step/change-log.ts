import * as tf from '@tensorflow/tfjs-core';

/** What variables held before a step, so that a step that fails can be taken back. */
export interface ChangeLog {
  /** Runs a program op by op. What each variable held before it is kept by reference: nothing is copied. */
  during<T>(run: () => T): T;
  /** Keeps what a variable holds before it changes, in a call of TensorFlow's. */
  readonly note: (variable: tf.Variable, value: () => tf.Tensor) => void;
  /** Says that variables may have changed where nobody saw it, as in a replay of TensorFlow's. */
  missed(): void;
  /** Gives the variables back what they held; false, and nothing is done, where some of it was missed. */
  takeBack(): boolean;
  /** What has changed stays. */
  accept(): void;
}

interface Disposing {
  disposeTensor: (tensor: tf.Tensor) => void;
}

/** A log of the variables of one run, whoever assigns them: the optimizer, a layer, a plugin or a loss. */
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
      // A variable lets go of its value here when another one is assigned, also where its `assign` is watched.
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
