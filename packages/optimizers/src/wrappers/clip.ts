import * as tf from '@tensorflow/tfjs-core';
import { CantripError, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { clipByGlobalNorm, clipByValue } from './clip-gradients.ts';
import { aboveZero } from '../core/common-options.ts';
import type { NamedTensors } from '../core/named.ts';
import type { Optimizer } from '../core/optimizer.ts';
import { requireOptimizer } from '../core/require-optimizer.ts';

/** The options of {@link clip}; set exactly one. */
export interface ClipOptions {
  /** The maximum norm of all gradients together; above 0. */
  readonly globalNorm?: number;
  /** The maximum absolute value of any element; above 0. */
  readonly value?: number;
}

const schema = v.strictObject({ globalNorm: v.exactOptional(aboveZero), value: v.exactOptional(aboveZero) });

/**
 * Wraps an optimizer: gradients are clipped first, before weight decay is added. See {@link clipByGlobalNorm} and
 * {@link clipByValue}.
 *
 * With gradient accumulation, `accumulateGradients(clip(…))` clips the mean. `clip(accumulateGradients(…))` clips the
 * gradient of each batch.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * clip(adamw(), { globalNorm: 1 });
 * ```
 */
export function clip(optimizer: Optimizer, options: ClipOptions): Optimizer {
  requireOptimizer('clip', optimizer);
  const limits = parseOptions('clip', schema, options);
  const change = clipping(limits);
  return {
    ...optimizer,
    name: `clip(${optimizer.name})`,
    ...(optimizer.settings && { settings: { ...optimizer.settings, [`clip(${optimizer.name})`]: limits } }),
    start: (...parameters) => {
      const inner = optimizer.start(...parameters);
      return {
        ...inner,
        apply: (update) => tf.tidy(() => inner.apply({ ...update, gradients: change(update.gradients) })),
      };
    },
  };
}

function clipping({ globalNorm, value }: ClipOptions): (gradients: NamedTensors) => NamedTensors {
  if (globalNorm !== undefined && value === undefined) return (given) => clipByGlobalNorm(given, globalNorm);
  if (value !== undefined && globalNorm === undefined) return (given) => clipByValue(given, value);
  throw new CantripError('OPTION_INVALID', {
    who: 'clip',
    what: `needs either globalNorm or value, got ${value === undefined ? 'neither' : 'both'}`,
    fix: 'Set exactly one; to use both, call clip twice',
  });
}
