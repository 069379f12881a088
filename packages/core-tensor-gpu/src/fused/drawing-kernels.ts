import type * as tf from '@tensorflow/tfjs-core';
import { kernelNames } from '@cantrip/ops';
import { type Distribution, drawStateless } from '../native/ops/stateless-random.ts';
import { uploadBytesNatively } from '../native/ops/upload-bytes.ts';
import type { OwnKernels } from '../native/ops/native-op.ts';

/** Random numbers drawn on the device, and bytes uploaded as bytes. */
export const drawingKernels: OwnKernels = {
  [kernelNames.drawUniform]: drawn('uniform'),
  [kernelNames.drawNormal]: drawn('normal'),
  [kernelNames.uploadBytes]: (_, { values, shape }) => [
    uploadBytesNatively(values as Uint8Array, shape as readonly number[]),
  ],
};

function drawn(distribution: Distribution): OwnKernels[string] {
  return ({ step: fed }, { shape, key, block, step }) => [
    drawStateless(distribution, shape as readonly number[], {
      key: key as Pair,
      block: block as Pair,
      step: (fed as tf.Scalar | undefined) ?? (step as Pair),
    }),
  ];
}

type Pair = readonly [number, number];
