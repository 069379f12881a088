import { invalid, type StreamPlace } from './stream-key.ts';
import { wordBlocks } from './words.ts';

/** Host random numbers of one named stream at one step: the same wherever and whenever they are drawn. */
export interface RandomStream {
  /** Uniform in [0, 1). */
  readonly uniform: () => number;
  /** Standard normal. */
  readonly normal: () => number;
  /** An integer, uniform in [0, bound). */
  readonly integer: (bound: number) => number;
}

/**
 * The random numbers of a named stream at a step, from Philox 4x32-10.
 *
 * The key comes from seed and name, the step is part of the counter: streams and steps share no numbers, and
 * drawing more from one shifts no other. Drawn from the start, uniforms are bit for bit TensorFlow's
 * `StatelessRandomUniformV2` and normals (Box-Muller) its `StatelessRandomNormalV2`, both of float64.
 *
 * @throws CantripError OPTION_INVALID on a seed, a name or a step that is none, or a bound outside [1, 2^53)
 * @example
 * ```ts
 * const random = randomStream({ seed: 42, stream: 'augment', step: 7 });
 * random.uniform(); // 0.6742516447067088
 * random.integer(10); // 8
 * ```
 * @see Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011
 */
export function randomStream(place: StreamPlace): RandomStream {
  const blocks = wordBlocks('randomStream', place);
  let used = 4;
  let spareNormal: number | undefined;

  const word = (): number => {
    if (used === 4) {
      blocks.advance();
      used = 0;
    }
    return blocks.words[used++]!;
  };
  const uniform = (): number => {
    const upper = word() & 0xfffff;
    return (upper * 2 ** 32 + word()) * 2 ** -52;
  };
  const normal = (): number => {
    if (spareNormal !== undefined) {
      const spare = spareNormal;
      spareNormal = undefined;
      return spare;
    }
    const radius = Math.sqrt(-2 * Math.log(Math.max(uniform(), 1e-7)));
    const angle = 2 * Math.PI * uniform();
    spareNormal = Math.cos(angle) * radius;
    return Math.sin(angle) * radius;
  };
  const integer = (bound: number): number => {
    if (!Number.isSafeInteger(bound) || bound < 1) {
      throw invalid('RandomStream.integer', 'bound', 'must be an integer in [1, 2^53)', bound);
    }
    const range = bound <= 2 ** 32 ? 2 ** 32 : 2 ** 53;
    // The incomplete last run of residues is drawn again, so that all are equally likely.
    const limit = range - (range % bound);
    for (;;) {
      const value = range === 2 ** 32 ? word() : (word() & 0x1fffff) * 2 ** 32 + word();
      if (value < limit) return value % bound;
    }
  };
  return { uniform, normal, integer };
}
