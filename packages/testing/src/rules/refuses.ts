import { describe, isCantripError, isPlainObject } from '@cantrip/errors';
import type { AnyPlugin, PluginList } from '@cantrip/trainer';
import type { Bench } from '../bench/bench.ts';
import { notKept } from '../bench/not-kept.ts';
import { outcomeOf } from '../bench/outcome.ts';
import type { Rule } from '../bench/rule.ts';
import type { Refusal } from '../bench/trick-under-test.ts';

export const refuses: Rule = {
  name: 'refuses what it says that it refuses',
  skips: ({ trick }) => (trick.refuses?.length ? undefined : 'no refusals are given'),
  async check(bench) {
    for (const refusal of bench.trick.refuses ?? []) {
      const error = await errorOf(bench, refusal);
      if (isCantripError(error) && error.code === refusal.code) continue;
      const ended =
        error === undefined
          ? 'it trained to the end'
          : `the error was ${error instanceof Error ? error.message : describe(error)}`;
      notKept(
        `it is said to refuse ${refusal.what} with ${refusal.code}, but ${ended}`,
        'Check it in the factory, or give the plugin conflicts, after or setup that refuse it',
      );
    }
  },
};

async function errorOf({ trick, course, trainer }: Bench, { create, options }: Refusal): Promise<unknown> {
  try {
    const made = create();
    const list: PluginList = isPlainObject(made) ? [made as AnyPlugin] : (made as PluginList);
    await outcomeOf(trainer(trick.create(), options, list), course);
    return undefined;
  } catch (error) {
    return error;
  }
}
