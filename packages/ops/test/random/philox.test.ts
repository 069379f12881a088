import { philox4x32 } from '@cantrip/ops';
import { describe, expect, it } from 'vitest';

// Random123 1.14.0, tests/kat_vectors, the lines `philox4x32 10`: counter, key, expected.
const knownAnswers = [
  '00000000 00000000 00000000 00000000 00000000 00000000 6627e8d5 e169c58d bc57ac4c 9b00dbd8',
  'ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff 408f276d 41c83b0e a20bc7c6 6d5451fd',
  '243f6a88 85a308d3 13198a2e 03707344 a4093822 299f31d0 d16cfe09 94fdcceb 5001e420 24126ea1',
].map((line) => line.split(' ').map((word) => Number.parseInt(word, 16)));

describe('philox4x32', () => {
  it.each(knownAnswers)('gives the published answer to the counter %#', (...line) => {
    const words = new Uint32Array(4);
    philox4x32(line.slice(0, 4), line.slice(4, 6), words);
    expect([...words]).toEqual(line.slice(6));
  });

  it('may write over its counter', () => {
    const words = new Uint32Array(4);
    philox4x32(words, [0, 0], words);
    expect(words[0]).toBe(0x6627e8d5);
  });
});
