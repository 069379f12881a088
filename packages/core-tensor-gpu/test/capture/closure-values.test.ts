import { describe, expect, it } from 'vitest';
import { closureValues, inOnePass } from '../../src/capture/host/closure-values.ts';
import { noteValues } from '../../src/capture/host/note-values.ts';

const place = { who: 'odd', within: 'transformLoss' };
const changedBy = (code: () => unknown): string | undefined => {
  const changed = noteValues(closureValues([{ place, code }]));
  code();
  return changed()?.name;
};

let ofTheModule = 0;

describe('what a function changes around it is', () => {
  it('a number, a text or a truth value of its closure', () => {
    let count = 0;
    let text = 'a';
    let flag = false;
    expect(changedBy(() => count++)).toBe('count');
    expect(changedBy(() => (text += 'b'))).toBe('text');
    expect(changedBy(() => (flag = !flag))).toBe('flag');
    expect([count, text, flag]).toEqual([1, 'ab', true]);
  });

  it('a variable of its module', () => {
    expect(changedBy(() => ofTheModule++)).toBe('ofTheModule');
  });

  it('what an object of its closure holds', () => {
    const state = { seen: 0 };
    expect(changedBy(() => state.seen++)).toBe('state.seen');
  });

  it('what a function changes that it calls', () => {
    let count = 0;
    const next = (): number => count++;
    expect(changedBy(() => next())).toBe('count');
  });

  it('a global variable', () => {
    const all = globalThis as { cantripGlobal?: number };
    all.cantripGlobal = 0;
    expect(changedBy(() => (globalThis as { cantripGlobal?: number }).cantripGlobal!++)).toBe(
      'cantripGlobal',
    );
  });

  it('nothing, where it only reads, or what others change that it does not name', () => {
    const factor = 2;
    let unnamed = 0;
    const bump = (): void => void unnamed++;
    const changed = noteValues(closureValues([{ place, code: () => factor * 3 }]));
    bump();
    expect([changed(), unnamed]).toEqual([undefined, 1]);
  });

  it('not asked of code that lies in one script with what it is told to pass over', () => {
    let count = 0;
    const code = (): number => count++;
    expect(closureValues([{ place, code, unlessWith: () => 0 }])).toEqual([]);
    expect(closureValues([{ place, code, unlessWith: structuredClone }])).toHaveLength(1);
  });
});

it('reads the variables of a module once in a pass, and anew in the next one', async () => {
  const source = 'let count = 1; export const next = () => count++;';
  const { next } = (await import(`data:text/javascript,${source}`)) as { next: () => number };
  const [values] = closureValues([{ place, code: next }]);
  const read = (): string => String(values!.values);
  const inPass = inOnePass(() => {
    const before = read();
    next();
    return [before, read()];
  });
  expect(inPass).toEqual(['count 1', 'count 1']);
  expect(read()).toBe('count 2');
});
