import { installHostRandom, randomStream, refuseHostRandom, withHostRandom } from '@cantrip/ops';
import { afterEach, describe, expect, it } from 'vitest';

const original = Object.getOwnPropertyDescriptor(Math, 'random')!;
const stream = (seed: number): ReturnType<typeof randomStream> => randomStream({ seed, stream: 'host' });
const first = (seed: number): number => stream(seed).uniform();

afterEach(() => expect(Object.getOwnPropertyDescriptor(Math, 'random')).toEqual(original));

describe('withHostRandom', () => {
  it('lets Math.random draw from the stream and gives back what the function returns', () => {
    expect(withHostRandom(stream(1), () => [Math.random()])).toEqual([first(1)]);
  });

  it('restores Math.random when the function throws', () => {
    const failing = (): number => {
      throw new Error('no');
    };
    expect(() => withHostRandom(stream(1), failing)).toThrow('no');
    expect(Math.random).toBe(original.value);
  });

  it('goes on with the outer stream after an inner one', () => {
    const outer = stream(1);
    const expected = [first(1), first(2), stream(1)].slice(0, 2);
    const drawn = withHostRandom(outer, () => [
      Math.random(),
      withHostRandom(stream(2), () => Math.random()),
    ]);
    expect(drawn).toEqual(expected);
  });

  it('refuses an asynchronous function', () => {
    expect(() => withHostRandom(stream(1), async () => Math.random())).toThrow(
      '[withHostRandom] the function returned a promise. Pass a synchronous function, or draw from randomStream() instead of Math.random. (HOOK_ASYNC)',
    );
  });

  it('leaves no unhandled rejection behind when it refuses one that fails', async () => {
    expect(() => withHostRandom(stream(1), () => Promise.reject(new Error('later')))).toThrow('HOOK_ASYNC');
    await new Promise((resolve) => setTimeout(resolve, 10));
  });
});

describe('installHostRandom', () => {
  it('replaces Math.random until it is undone', () => {
    const undo = installHostRandom(stream(3));
    expect(Math.random()).toBe(first(3));
    undo();
  });

  it('answers with the latest one that is not undone, whatever the order of undoing', () => {
    const undoFirst = installHostRandom(stream(1));
    const undoSecond = installHostRandom(stream(2));
    undoFirst();
    expect(Math.random()).toBe(first(2));
    undoSecond();
  });

  it('does nothing when it is undone twice', () => {
    const undoFirst = installHostRandom(stream(1));
    const undoSecond = installHostRandom(stream(2));
    undoSecond();
    undoSecond();
    expect(Math.random()).toBe(first(1));
    undoFirst();
  });

  it('draws numbers in [0, 1) that are all different, as Math.random does', () => {
    const undo = installHostRandom(stream(4));
    const values = Array.from({ length: 10_000 }, () => Math.random());
    undo();
    expect(new Set(values).size).toBe(10_000);
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
  });
});

describe('installHostRandom with a condition', () => {
  it('answers where the condition holds, and leaves other draws to the stream before', () => {
    let mine = true;
    const undoFirst = installHostRandom(stream(1));
    const undoSecond = installHostRandom(stream(2), { applies: () => mine });
    expect(Math.random()).toBe(first(2));
    mine = false;
    expect(Math.random()).toBe(first(1));
    undoSecond();
    undoFirst();
  });

  it('leaves other draws to Math.random as it was where no stream is installed', () => {
    const undo = installHostRandom(stream(1), { applies: () => false });
    const drawn = new Set(Array.from({ length: 10 }, () => Math.random()));
    undo();
    expect(drawn.size).toBe(10);
    expect(drawn).not.toContain(first(1));
  });

  it('does not come before a refusal', () => {
    const undo = installHostRandom(stream(1), { applies: () => true });
    expect(() =>
      refuseHostRandom(
        () => new Error('no'),
        () => Math.random(),
      ),
    ).toThrow('no');
    undo();
  });
});

describe('refuseHostRandom', () => {
  const refusal = (): Error => new Error('drawn on the host');

  it('gives back what a function returns that draws nothing', () => {
    expect(refuseHostRandom(refusal, () => 3)).toBe(3);
  });

  it('refuses Math.random, also where a stream answers it inside or outside', () => {
    const draw = (): number => Math.random();
    expect(() => refuseHostRandom(refusal, draw)).toThrow('drawn on the host');
    expect(() => refuseHostRandom(refusal, () => withHostRandom(stream(1), draw))).toThrow('drawn on');
    expect(() => withHostRandom(stream(1), () => refuseHostRandom(refusal, draw))).toThrow('drawn on');
  });

  it('throws also where the function caught the error and went on', () => {
    const secret = (): number => {
      try {
        return Math.random();
      } catch {
        return 0.5;
      }
    };
    expect(() => refuseHostRandom(refusal, secret)).toThrow('drawn on the host');
  });

  it('lets Math.random draw again afterwards, from the stream that is installed', () => {
    withHostRandom(stream(1), () => {
      expect(() => refuseHostRandom(refusal, () => Math.random())).toThrow();
      expect(Math.random()).toBe(first(1));
    });
  });
});
