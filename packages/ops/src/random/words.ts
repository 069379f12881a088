import { philox4x32 } from './philox.ts';
import { checkStep, keyOf, split, type StreamPlace } from './stream-key.ts';

/** The 32-bit words of one stream at one step, four at a time. */
export interface WordBlocks {
  /** The latest block. It is the same array at each call. */
  readonly words: Uint32Array;
  /** Computes the next four words. */
  advance(): void;
}

/** Starts at a block of four words, counted from 0. */
export function wordBlocks(who: string, place: StreamPlace, block: number = 0): WordBlocks {
  const { step = 0 } = place;
  checkStep(who, step);
  const key = split(keyOf(who, place));
  const counter = [...split(BigInt(block)), ...split(BigInt(step))];
  const words = new Uint32Array(4);
  return {
    words,
    advance() {
      philox4x32(counter, key, words);
      counter[0] = (counter[0]! + 1) >>> 0;
      if (counter[0] === 0) counter[1] = (counter[1]! + 1) >>> 0;
    },
  };
}
