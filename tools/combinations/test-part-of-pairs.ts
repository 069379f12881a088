import { testTogether } from '@cantrip/testing';
import { describe, it } from 'vitest';
import { allTricks } from './all-tricks.ts';
import { residualModel } from './residual-model.ts';

const PARTS = 4;

/** Tests every fourth pair, so that test files share the work: a process of hundreds of recordings is slow. */
export async function testPartOfPairs(part: 0 | 1 | 2 | 3): Promise<void> {
  let count = 0;
  const runner = {
    describe,
    it: (name: string, check: (...context: unknown[]) => Promise<void>) => {
      if (count++ % PARTS === part) it(name, check);
    },
  };
  testTogether(await allTricks(), runner, { model: residualModel });
}
