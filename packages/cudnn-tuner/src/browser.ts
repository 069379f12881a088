import { CantripError } from '@cantrip/errors';

/**
 * What a bundler for browsers takes in the place of `index.ts`: the same names, each of which says that it needs Node,
 * where TensorFlow runs.
 */
export const cudnnTuning: () => never = refusing('cudnnTuning');
export const cudnnEnvironment: () => never = refusing('cudnnEnvironment');
export const shapeWatch: () => never = refusing('shapeWatch');

function refusing(who: string): () => never {
  return () => {
    throw new CantripError('DEVICE_ABSENT', {
      who,
      what: 'it tunes TensorFlow, which runs in Node alone, and this is a browser',
      fix: 'Leave cudnn-tuner out in a browser',
    });
  };
}
