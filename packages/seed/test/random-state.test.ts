import { randomState, restoreRandomState, seedEverything, withSeed } from '@cantrip/seed';
import { describe, expect, it } from 'vitest';

const draw = (count = 3): number[] => Array.from({ length: count }, () => Math.random());

describe('randomState', () => {
  it('lets the numbers go on where it was taken, also after JSON', () => {
    const [state, expected] = withSeed(42, () => {
      draw(5);
      return [JSON.stringify(randomState()), draw()] as const;
    });
    expect(JSON.parse(state)).toEqual({ seed: 42, draws: 5 });
    const undo = seedEverything(0);
    draw(2);
    restoreRandomState(JSON.parse(state) as never);
    expect(draw()).toEqual(expected);
    expect(randomState()).toEqual({ seed: 42, draws: 8 });
    undo();
  });

  it('goes back, and stays with the scope that it was restored in', () => {
    const undo = seedEverything(1);
    const first = draw();
    withSeed(2, () => {
      draw();
      restoreRandomState({ seed: 2, draws: 0 });
      expect(draw()).toEqual(withSeed(2, () => draw()));
    });
    expect(randomState()).toEqual({ seed: 1, draws: 3 });
    restoreRandomState({ seed: 1, draws: 0 });
    expect(draw()).toEqual(first);
    undo();
  });

  it('is an error where nothing is seeded', () => {
    const message = /no seed is set.*seedEverything\(seed\).*\(RANDOM_UNSEEDED\)$/;
    expect(() => randomState()).toThrow(message);
    expect(() => restoreRandomState({ seed: 1, draws: 0 })).toThrow(message);
  });

  it.each([
    null,
    {},
    { seed: 1 },
    { seed: -1, draws: 0 },
    { seed: 1, draws: -1 },
    { seed: 1, draws: 0.5 },
    { seed: 1, draws: 2 ** 52 },
  ])('refuses to restore %j', (bad) => {
    const undo = seedEverything(1);
    expect(() => restoreRandomState(bad as never)).toThrow(
      /^\[restoreRandomState\] state must be \{ seed, draws \} of randomState\(\), got .*\(OPTION_INVALID\)$/,
    );
    undo();
  });
});
