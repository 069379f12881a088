import { describe as suite, expect, it } from 'vitest';
import { describe } from '@cantrip/errors';

class Point {
  readonly x = 1;
}

suite('describe', () => {
  it.each<[string, unknown, string]>([
    ['a string in quotes', 'adam', '"adam"'],
    ['a long string shortened', 'x'.repeat(100), `"${'x'.repeat(60)}…"`],
    ['a number as it is', 1.5, '1.5'],
    ['negative zero apart from zero', -0, '-0'],
    ['NaN by its name', NaN, 'NaN'],
    ['a bigint apart from a number', 10n, '10n'],
    ['null by its name', null, 'null'],
    ['undefined by its name', undefined, 'undefined'],
    ['a function by its name', Math.max, 'function max'],
    [
      'a nameless function as such',
      (
        () => () =>
          1
      )(),
      'function (anonymous)',
    ],
    ['an array with its values', [1, 'two', [3]], '[1, "two", [3]]'],
    ['a long array shortened', [1, 2, 3, 4, 5, 6, 7], '[1, 2, 3, 4, 5, 6, …]'],
    ['a typed array by its length', new Float32Array(3), 'Float32Array(3)'],
    ['an object by its class', new Point(), 'an object of Point'],
    ['an object without a prototype', Object.create(null), 'an object of no class'],
  ])('writes %s', (_, value, text) => {
    expect(describe(value)).toBe(text);
  });
});
