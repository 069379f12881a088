import { CantripError } from '@cantrip/errors';

/** A function for browsers that takes the place of a function for Node: it throws DEVICE_ABSENT. */
export function needsNode(who: string): () => never {
  return () => {
    throw new CantripError('DEVICE_ABSENT', {
      who,
      what: 'the devices of @cantrip/core-tensor-gpu need Node, and this is a browser',
      fix: "Train on a backend of TensorFlow.js: createTrainer({ device: await backendDevice() }), from '@cantrip/ops'",
    });
  };
}
