import { isPlainObject } from '@cantrip/errors';
import { betaFrom, gammaFrom, permutationFrom } from './distributions.ts';
import { checkPlace, invalid, type StreamPlace } from './stream-key.ts';
import { wordBlocks } from './words.ts';

/** Host random numbers of one named stream at one step. They are the same in every process. */
export interface RandomStream {
  /** Uniform in [0, 1). */
  readonly uniform: () => number;
  /** Standard normal. */
  readonly normal: () => number;
  /** An integer, uniform in [0, bound). */
  readonly integer: (bound: number) => number;
  /** Gamma distribution with scale 1; `shape` is in [1e-30, 1e12]. */
  readonly gamma: (shape: number) => number;
  /** Beta distribution, in [0, 1]; `a` and `b` are in [1e-30, 1e12]. Mixup draws its share from `beta(0.2, 0.2)`. */
  readonly beta: (a: number, b: number) => number;
  /**
   * The numbers `0 … n - 1` in a random order, each order equally likely. Two of the `n` keys of 46 bits are equal with
   * a probability below `n^2 / 2^47`; then the lower number comes first.
   */
  readonly permutation: (n: number) => Int32Array;
  /** The current position. Pass it to {@link randomStream} to continue from there. */
  readonly state: () => StreamState;
}

/** The position of a stream, as plain data. */
export interface StreamState {
  /** The number of 32-bit words drawn so far. */
  readonly words: number;
  /** The normal number that is returned next. Normal numbers are made in pairs. */
  readonly spareNormal?: number;
}

/**
 * The random numbers of a named stream at a step, from Philox 4x32-10.
 *
 * The key comes from seed and name; the step is part of the counter. So streams and steps share no numbers, and
 * extra draws from one stream do not change another. From the start of a stream, uniform numbers equal TensorFlow's
 * `StatelessRandomUniformV2` bit for bit. Normal numbers (Box-Muller) equal `StatelessRandomNormalV2`. Both are the
 * float64 versions. Gamma numbers are those of Marsaglia and Tsang, and a beta number is made of two of them.
 *
 * @param state - the position to continue from; the start by default
 * @throws CantripError OPTION_INVALID on an invalid seed, name, step or state, a bound outside [1, 2^53), or a number
 *   out of range for `gamma`, `beta` or `permutation`
 * @example
 * ```ts
 * const random = randomStream({ seed: 42, stream: 'augment', step: 7 });
 * random.uniform(); // 0.6742516447067088
 * random.integer(10); // 8
 * random.state(); // { words: 3 }
 * random.permutation(4); // Int32Array [3, 0, 1, 2]
 * ```
 * @see Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011
 * @see Marsaglia and Tsang, "A simple method for generating gamma variables", ACM TOMS 26, 2000
 */
export function randomStream(place: StreamPlace, state: StreamState = { words: 0 }): RandomStream {
  checkPlace('randomStream', place);
  checkState(state);
  const blocks = wordBlocks('randomStream', place, Math.floor(state.words / 4));
  let { words, spareNormal } = state;
  // Continues within a block that was partly used.
  if (words % 4 !== 0) blocks.advance();

  const word = (): number => {
    const index = words++ & 3;
    if (index === 0) blocks.advance();
    return blocks.words[index]!;
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
  const keys = (n: number): Float64Array => {
    words += -words & 3; // a tensor, too, begins with a block of its own
    const drawn = Float64Array.from({ length: n }, () => word() & 0x7fffff);
    words += -words & 3;
    return drawn;
  };
  const integer = (bound: number): number => {
    if (!Number.isSafeInteger(bound) || bound < 1) {
      throw invalid('RandomStream.integer', 'bound', 'must be an integer in [1, 2^53)', bound);
    }
    const range = bound <= 2 ** 32 ? 2 ** 32 : 2 ** 53;
    // Draws again if the number is in the last, incomplete range of residues. So all residues are equally likely.
    const limit = range - (range % bound);
    for (;;) {
      const value = range === 2 ** 32 ? word() : (word() & 0x1fffff) * 2 ** 32 + word();
      if (value < limit) return value % bound;
    }
  };
  return {
    uniform,
    normal,
    integer,
    gamma: (shape) => gammaFrom({ uniform, normal }, shape),
    beta: (a, b) => betaFrom({ uniform, normal }, a, b),
    permutation: (n) => permutationFrom(keys, n),
    state: () => ({ words, ...(spareNormal === undefined ? {} : { spareNormal }) }),
  };
}

function checkState(state: StreamState): void {
  if (!isPlainObject(state)) throw invalid('randomStream', 'state', 'must be { words }', state);
  const unknown = Object.keys(state).find((key) => key !== 'words' && key !== 'spareNormal');
  if (unknown !== undefined)
    throw invalid('randomStream', 'state', `must hold only words and spareNormal, not ${unknown}`, state);
  const { words, spareNormal } = state;
  if (!Number.isSafeInteger(words) || words < 0) {
    throw invalid('randomStream', 'state.words', 'must be an integer in [0, 2^53)', words);
  }
  if (spareNormal !== undefined && !Number.isFinite(spareNormal)) {
    throw invalid('randomStream', 'state.spareNormal', 'must be a finite number', spareNormal);
  }
}
