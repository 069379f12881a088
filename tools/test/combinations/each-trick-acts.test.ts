import { beforeAll, describe, expect, it } from 'vitest';
import { allTricks } from '../../combinations/all-tricks.ts';
import { outcomeAlone } from '../../combinations/outcome-alone.ts';

/** Tricks that by nature change no figure, each with the reason. */
const silent: Readonly<Record<string, string>> = {
  'cudnn-tuner': 'it chooses how the same numbers are computed, on a GPU',
};

const tricks = await allTricks();

// A pair with a trick that does nothing in its 20 steps would prove little of the other.
describe('each trick of the pairs changes the outcome of their 20 steps when it is alone', () => {
  let without: string;
  beforeAll(async () => {
    without = await outcomeAlone();
    expect(await outcomeAlone()).toBe(without);
  });

  it.each(tricks.filter(({ name }) => !(name in silent)))('$name', async (trick) => {
    expect(await outcomeAlone(trick)).not.toBe(without);
  });

  it.each(Object.entries(silent))('but not %s: %s', async (name) => {
    expect(await outcomeAlone(tricks.find((trick) => trick.name === name)!)).toBe(without);
  });
});
