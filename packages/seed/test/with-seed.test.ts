import '@tensorflow/tfjs-backend-cpu';
import { seedEverything, withSeed } from '@cantrip/seed';
import * as tfd from '@tensorflow/tfjs-data';
import { afterEach, describe, expect, it } from 'vitest';
import { createWithSeed } from '../src/with-seed.ts';

const original = Object.getOwnPropertyDescriptor(Math, 'random')!;
afterEach(() => expect(Object.getOwnPropertyDescriptor(Math, 'random')).toEqual(original));

const draw = (count = 3): number[] => Array.from({ length: count }, () => Math.random());
const wait = (milliseconds = 1): Promise<void> =>
  new Promise((resolve) => void setTimeout(resolve, milliseconds));
const drawSlowly = async (count = 3, milliseconds = 1): Promise<number[]> => {
  const drawn: number[] = [];
  for (let i = 0; i < count; i++) {
    drawn.push(Math.random());
    await wait(milliseconds);
  }
  return drawn;
};
const under = (seed: number, count = 3): number[] => withSeed(seed, () => draw(count));
const inBrowser = createWithSeed(undefined);

describe.each([
  ['with asynchronous context', withSeed],
  ['without, as in a browser', inBrowser],
])('withSeed, %s', (_where, scoped) => {
  it('draws the numbers of seedEverything, and gives back what the function returns', () => {
    const undo = seedEverything(42);
    const expected = draw();
    undo();
    expect(scoped(42, () => draw())).toEqual(expected);
  });

  it('restores Math.random when the function throws', () => {
    expect(() =>
      scoped(42, () => {
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(Math.random).toBe(original.value);
  });

  it('goes on with a seed that was set before, whose numbers it does not take', () => {
    const undo = seedEverything(1);
    const before = Math.random();
    scoped(2, () => draw());
    expect([before, ...draw(2)]).toEqual(under(1));
    undo();
  });

  it('nests: an inner scope takes no number from the outer one', () => {
    const inside: number[][] = [];
    const outside = scoped(1, () => {
      const first = Math.random();
      inside.push(scoped(2, () => draw()));
      return [first, ...draw(2)];
    });
    expect(outside).toEqual(under(1));
    expect(inside).toEqual([under(2)]);
  });

  it('holds until the promise of the function settles', async () => {
    expect(await scoped(42, () => drawSlowly())).toEqual(under(42));
    await expect(scoped(42, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  });

  it('nests where both are asynchronous', async () => {
    let inside: number[] = [];
    const outside = await scoped(1, async () => {
      const first = Math.random();
      inside = await scoped(2, () => drawSlowly());
      return [first, ...(await drawSlowly(2))];
    });
    expect(outside).toEqual(under(1));
    expect(inside).toEqual(under(2));
  });

  it('reaches shuffle of tf.data where it is given, and leaves it as it was', async () => {
    const shuffle = tfd.Dataset.prototype.shuffle;
    const order = (seed: number): Promise<number[]> =>
      scoped(
        seed,
        () =>
          tfd
            .array([...Array(20).keys()])
            .shuffle(20)
            .toArray(),
        { data: tfd },
      );
    const first = await order(3);
    await wait(5);
    expect(await order(3)).toEqual(first);
    expect(await order(4)).not.toEqual(first);
    expect(tfd.Dataset.prototype.shuffle).toBe(shuffle);
  });

  it.each([-1, 0.5, '42', undefined])('refuses the seed %s', (bad) => {
    expect(() => scoped(bad as number, () => 1)).toThrow(
      /^\[withSeed\] seed must be an integer in \[0, 2\^53\).*\(OPTION_INVALID\)$/,
    );
  });
});

describe('withSeed, side by side', () => {
  it('gives each scope its own numbers where there is asynchronous context', async () => {
    const [first, second] = await Promise.all([
      withSeed(1, () => drawSlowly(6, 2)),
      withSeed(2, () => drawSlowly(4, 3)),
    ]);
    expect(first).toEqual(under(1, 6));
    expect(second).toEqual(under(2, 4));
  });

  it('gives scopes side by side within a third their own, and the third its own', async () => {
    const third = await withSeed(3, async () => {
      const before = Math.random();
      const inner = await Promise.all([1, 2].map((seed) => withSeed(seed, () => drawSlowly())));
      expect(inner).toEqual([under(1), under(2)]);
      return [before, Math.random()];
    });
    expect(third).toEqual(under(3, 2));
  });

  it('leaves code outside of the scopes to a seed that was set before', async () => {
    const undo = seedEverything(9);
    const scope = withSeed(1, () => drawSlowly(4));
    const outside = await drawSlowly(3);
    await scope;
    undo();
    expect(outside).toEqual(under(9));
  });

  it('leaves code outside of the scopes unseeded where nothing is seeded', async () => {
    const scope = withSeed(1, () => drawSlowly(4));
    const outside = Math.random();
    expect(under(1, 4)).not.toContain(outside);
    expect(await scope).toEqual(under(1, 4));
  });

  it('is refused where nothing tells the scopes apart', async () => {
    const first = inBrowser(1, () => drawSlowly(2));
    const second = inBrowser(2, () => drawSlowly(8));
    await expect(first).rejects.toThrow(
      /^\[withSeed\] overlapped with a later call of withSeed.*\(SEED_OVERLAP\)$/,
    );
    await second;
  });
});
