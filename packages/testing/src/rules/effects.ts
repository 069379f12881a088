import { computed, requireSame } from '../bench/bench.ts';
import { firstDifference } from '../bench/first-difference.ts';
import { notKept } from '../bench/not-kept.ts';
import { outcomeOf } from '../bench/outcome.ts';
import type { Rule } from '../bench/rule.ts';

export const identityChangesNothing: Rule = {
  name: 'changes no bit with identity options',
  also: 'everywhere',
  skips: ({ trick }) => (trick.identity ? undefined : 'no identity options are given'),
  async check({ trick, course, trainer, plainTrainer }) {
    const identity = trick.identity!();
    const without = await outcomeOf(plainTrainer(identity), course);
    const actual = await outcomeOf(trainer(identity), course);
    requireSame(computed(actual), computed(without), {
      where: 'without the plugin',
      fix: 'Return the first argument itself where the options change nothing',
    });
  },
};

/** Without it, a trick that never does anything would keep every rule. */
export const hasAnEffect: Rule = {
  name: 'has an effect on a tiny training',
  skips: ({ trick }) => (trick.hasEffect === false ? 'the trick is said to have none' : undefined),
  async check({ create, course, plainTrainer, unbroken }) {
    const plugin = create();
    // The effect of a seed is compared with the seed that a run without it has.
    const { seed: _, ...seedless } = plugin;
    const without = await outcomeOf(plainTrainer(seedless), course);
    if (firstDifference(computed(await unbroken()), computed(without))) return;
    notKept(
      'weights, figures and predictions are those of a run without the plugin, so the other rules prove nothing',
      'Let create() return a plugin that acts within six steps, or set hasEffect to false',
    );
  },
};
