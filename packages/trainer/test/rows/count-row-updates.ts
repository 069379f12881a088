import { kernelNames } from '@cantrip/ops';
import * as tf from '@tensorflow/tfjs-core';

interface Recording {
  descendRows?(...given: unknown[]): boolean;
}

/** Counts the updates in recordings that change the rows of a batch alone. Call it with the native device open. */
export function countRowUpdates(): { readonly byRows: number; stop(): void } {
  let byRows = 0;
  const register = (kernelFunc: tf.KernelFunc): void => {
    tf.unregisterKernel(kernelNames.descendInPlace, 'tensorflow');
    tf.registerKernel({ kernelName: kernelNames.descendInPlace, backendName: 'tensorflow', kernelFunc });
  };
  const stock = tf.getKernel(kernelNames.descendInPlace, 'tensorflow').kernelFunc;
  register((call) => {
    const { binding } = tf.backend() as unknown as { binding: Recording };
    const { descendRows } = binding;
    if (descendRows === undefined) return stock(call);
    binding.descendRows = (...given) => {
      const done = descendRows(...given);
      if (done) byRows++;
      return done;
    };
    try {
      return stock(call);
    } finally {
      binding.descendRows = descendRows;
    }
  });
  return {
    get byRows() {
      return byRows;
    },
    stop: () => register(stock),
  };
}
