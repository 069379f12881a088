import { atLeast, atMost, integerIn, optional, readOptions } from '@cantrip/errors';
import { randomStream } from '@cantrip/ops';
import type { BatchSource } from '@cantrip/trainer';

export interface TinyDataOptions {
  /** The number of examples; 24 by default. */
  readonly examples?: number;
  /** The number of examples in a batch; 8 by default. */
  readonly batch?: number;
}

const count = integerIn(atLeast(1), atMost(2 ** 20));
const optionChecks = { examples: optional(count, 24), batch: optional(count, 8) };

/**
 * Noisy 6x6 images. The class is the brightest third. The data is small, easy to learn and the same everywhere.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * tinyData({ examples: 24, batch: 6 }); // four batches an epoch
 * ```
 */
export function tinyData(
  options: TinyDataOptions = {},
): BatchSource & Record<'batchesPerEpoch' | 'stepsPerEpoch', number> {
  const { examples, batch } = readOptions('tinyData', optionChecks, options);
  const batchesPerEpoch = Math.ceil(examples / batch);
  return {
    batchesPerEpoch,
    stepsPerEpoch: batchesPerEpoch,
    *batches({ seed, epoch, start }) {
      const order = permutation(examples, seed, epoch);
      for (let first = start * batch; first < examples; first += batch) {
        const chosen = order.slice(first, first + batch);
        yield {
          inputs: { values: Float32Array.from(chosen.flatMap(image)), shape: [chosen.length, 6, 6, 1] },
          targets: { values: Int32Array.from(chosen, classOf), shape: [chosen.length] },
          size: chosen.length,
        };
      }
    },
  };
}

const classOf = (example: number): number => example % 3;

function image(example: number): number[] {
  const noise = randomStream({ seed: 0, stream: 'tiny-data', step: example });
  return Array.from({ length: 36 }, (_, pixel) =>
    Math.floor(pixel / 12) === classOf(example) ? 1 + noise.uniform() : noise.uniform(),
  );
}

function permutation(size: number, seed: number, epoch: number): number[] {
  const draw = randomStream({ seed, stream: 'tiny-shuffle', step: epoch });
  const order = Array.from({ length: size }, (_, i) => i);
  for (let i = size - 1; i > 0; i--) {
    const j = draw.integer(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
