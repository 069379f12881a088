import { describe, expect, it } from 'vitest';
import { allTricks } from '../../combinations/all-tricks.ts';

const tricks = await allTricks();

describe('the settings of a trick', () => {
  it.each(tricks.map(({ name, create }) => ({ name, create })))('$name are plain data', ({ create }) => {
    const created = [create()].flat() as readonly { readonly settings?: object }[];
    for (const { settings } of created) {
      expect(settings).toBeDefined();
      expect(JSON.parse(JSON.stringify(settings))).toEqual(settings);
    }
  });
});
