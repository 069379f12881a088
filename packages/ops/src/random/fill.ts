import { checkBlock, checkPlace, invalid, type StreamPlace } from './stream-key.ts';
import { wordBlocks } from './words.ts';

/** Where a tensor's random numbers begin. */
export interface FillPlace extends StreamPlace {
  /**
   * The first block of four numbers; 0 by default. A second tensor of the same stream and step starts at the next
   * free block.
   */
  readonly block?: number;
}

/**
 * Fills `values` with uniform numbers in [0, 1), equal to TensorFlow's `StatelessRandomUniformV2` bit for bit.
 *
 * `value = (23 low bits of the word) / 2^23`.
 *
 * @returns the next free block, where another tensor of this stream and step may begin
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * const values = new Float32Array(6);
 * const block = fillUniform(values, { seed: 42, stream: 'mixup', step: 7 }); // 2
 * fillUniform(new Float32Array(4), { seed: 42, stream: 'mixup', step: 7, block }); // other numbers; 3
 * ```
 */
export function fillUniform(values: Float32Array, place: FillPlace): number {
  return fill('fillUniform', values, place, (words, out) => {
    for (let i = 0; i < 4; i++) out[i] = unit(words[i]!);
  });
}

/**
 * Fills `values` with standard normal numbers, as TensorFlow's `StatelessRandomNormalV2` does.
 *
 * Box-Muller on pairs of uniform numbers: `sqrt(-2 ln u1) * sin(2 pi u2)`, then the same with cos; `u1` is at least
 * 1e-7. The last bits depend on the machine's log and sin, so the numbers equal TensorFlow's to 1e-6.
 *
 * @returns the next free block, where another tensor of this stream and step may begin
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * const values = new Float32Array(2);
 * fillNormal(values, { seed: 42, stream: 'noise', step: 7 }); // 1
 * ```
 */
export function fillNormal(values: Float32Array, place: FillPlace): number {
  return fill('fillNormal', values, place, (words, out) => {
    for (let i = 0; i < 4; i += 2) {
      const radius = Math.sqrt(-2 * Math.log(Math.max(unit(words[i]!), Math.fround(1e-7))));
      const angle = Math.fround(2 * Math.PI * unit(words[i + 1]!));
      out[i] = Math.sin(angle) * radius;
      out[i + 1] = Math.cos(angle) * radius;
    }
  });
}

function fill(
  who: string,
  values: Float32Array,
  from: FillPlace,
  convert: (words: Uint32Array, out: Float32Array) => void,
): number {
  if (!(values instanceof Float32Array)) throw invalid(who, 'values', 'must be a Float32Array', values);
  checkPlace(who, from);
  const { block = 0, ...place } = from;
  checkBlock(who, block);
  const blocks = wordBlocks(who, place, block);
  const four = new Float32Array(4);
  for (let start = 0; start < values.length; start += 4) {
    blocks.advance();
    convert(blocks.words, four);
    const count = Math.min(4, values.length - start);
    for (let i = 0; i < count; i++) values[start + i] = four[i]!;
  }
  return block + Math.ceil(values.length / 4);
}

const unit = (word: number): number => (word & 0x7fffff) * 2 ** -23;
