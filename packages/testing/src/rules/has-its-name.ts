import { describe } from '@cantrip/errors';
import { notKept } from '../bench/not-kept.ts';
import type { Rule } from '../bench/rule.ts';

export const hasItsName: Rule = {
  name: 'has the name of its package',
  async check({ trick, create }) {
    const { name } = create();
    if (name === trick.name) return;
    notKept(
      `the name is ${describe(name)}, and is said to be ${describe(trick.name)}`,
      `Set name to '${trick.name}'`,
    );
  },
};
