import { CantripError } from '@cantrip/errors';

/**
 * The exports in a browser: bundlers use this file in place of `index.ts`. Each function throws an error, because
 * TensorFlow needs Node.
 */
export const cudnnTuning: () => never = refusing('cudnnTuning');
export const cudnnEnvironment: () => never = refusing('cudnnEnvironment');
export const shapeWatch: () => never = refusing('shapeWatch');

function refusing(who: string): () => never {
  return () => {
    throw new CantripError('DEVICE_ABSENT', {
      who,
      what: 'tunes TensorFlow, which needs Node, but this is a browser',
      fix: 'Remove cudnn-tuner from the plugins in a browser',
    });
  };
}
