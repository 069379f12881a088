import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';

export interface BatchScaleOptions {
  /** The number of examples in one optimizer update: of all devices and all accumulated batches. */
  readonly batchSize: number;
  /** The batch size for which the learning rate was chosen; 256 by default. */
  readonly referenceBatchSize?: number;
  /** `linear` for SGD, `sqrt` for Adam and similar optimizers; `linear` by default. */
  readonly rule?: 'linear' | 'sqrt';
}

const examples = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

const batchScaleOptions = v.strictObject({
  batchSize: examples,
  referenceBatchSize: v.optional(examples, 256),
  rule: v.optional(v.picklist(['linear', 'sqrt']), 'linear'),
});

/**
 * The factor that adapts a learning rate to another batch size: `batchSize / referenceBatchSize`, or its square
 * root.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * 0.1 * batchScale({ batchSize: 8192 }); // 3.2
 * multiply(cosine({ value: 1e-3, steps: '100%' }), batchScale({ batchSize: 1024, rule: 'sqrt' })); // from 2e-3
 * ```
 * @see Goyal et al., Accurate, Large Minibatch SGD (linear), https://arxiv.org/abs/1706.02677
 * @see Krizhevsky, One weird trick for parallelizing convolutional neural networks (square root),
 *   https://arxiv.org/abs/1404.5997
 */
export function batchScale(options: BatchScaleOptions): number {
  const { batchSize, referenceBatchSize, rule } = parseOptions('batchScale', batchScaleOptions, options);
  const ratio = batchSize / referenceBatchSize;
  return rule === 'linear' ? ratio : Math.sqrt(ratio);
}
