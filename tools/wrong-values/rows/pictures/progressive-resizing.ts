import * as tf from '@tensorflow/tfjs-core';
import { options, type Rows } from '../../row.ts';
import {
  either,
  flag,
  integer,
  number,
  oneOf,
  optional,
  optionalOptions,
  type Rule,
  tensor,
} from '../../rules.ts';

const pixels = integer({ min: 1, max: 2 ** 24 });
const inUnit = number({ min: 0, max: 1 });
const scale = number({ above: 0, max: 1 });
/** Beside the default of the other length. */
const length = (most: number): Rule =>
  either(
    integer({ min: 0 }),
    (value) =>
      typeof value === 'string' &&
      (/^\d+(\.\d+)?ep$/.test(value) || (/^\d+(\.\d+)?%$/.test(value) && parseFloat(value) <= most)),
  );

/** Every export of the package. */
export const progressiveResizingRows: Rows = {
  progressiveResizing: {
    right: () => [{}],
    legal: [
      options(
        {
          mode: optional(oneOf('resize', 'crop')),
          interpolation: optional(oneOf('bilinear', 'nearest')),
          resizeTargets: optional(flag),
          initialScale: optional(scale),
          delay: optional(length(80)),
          finetune: optional(length(50)),
          sizeIncrement: optional(pixels),
          width: optional(pixels),
          newHorizon: optional(oneOf('keep', 'stretch', 'continue')),
        },
        optionalOptions,
      ),
    ],
  },
  progressiveSize: {
    right: () => [0.5, { side: 32, sizeIncrement: 4, initialScale: 0.5, delay: 0.5, finetune: 0.2 }],
    legal: [
      inUnit,
      options({ side: pixels, sizeIncrement: pixels, initialScale: scale, delay: inUnit, finetune: inUnit }),
    ],
  },
  resizeImages: {
    right: () => [tf.ones([1, 2, 2, 1]), { height: 1, width: 1 }],
    legal: [
      tensor({ rank: 4 }),
      options({ height: pixels, width: pixels, interpolation: optional(oneOf('bilinear', 'nearest')) }),
    ],
  },
};
