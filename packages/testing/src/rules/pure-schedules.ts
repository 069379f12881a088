import { requireSame } from '../bench/bench.ts';
import { outcomeOf } from '../bench/outcome.ts';
import type { Rule } from '../bench/rule.ts';
import { replaceHooks } from './in-place.ts';

const asked = [
  'scheduleLearningRate',
  'scheduleScalars',
  'scheduleBatchScalars',
  'transformVariables',
  'structure',
  'onStepBegin',
] as const;

/** Asks each hook twice. A hook that counts its calls, or adds to something, then answers otherwise. */
export const pureSchedules: Rule = {
  name: 'has no side effect in schedule hooks, transformVariables and structure, and may begin a step twice',
  skips: ({ create }) =>
    asked.some((name) => create()[name]) ? undefined : 'the trick has none of these hooks',
  async check({ create, course, trainer, unbroken }) {
    for (const name of asked) {
      const plugin = create();
      if (!plugin[name]) continue;
      replaceHooks(plugin, [name], (hook) => {
        return function (this: unknown, ...given) {
          const first = hook.apply(this, given.map(withOwnStreams));
          return first instanceof Promise
            ? first.then(() => hook.apply(this, given))
            : hook.apply(this, given);
        };
      });
      const twice = await outcomeOf(trainer(plugin), course);
      requireSame(twice, await unbroken(), {
        where: `where ${name} is called once a step; here it was called twice`,
        fix: `Let ${name} compute from step, epoch and state only; change things in onStepEnd or onEpochBegin`,
      });
    }
  },
};

/** The first call draws from streams of its own, because a stream gives each number once. */
function withOwnStreams(given: unknown): unknown {
  const { random } = (given ?? {}) as { readonly random?: (stream: string) => unknown };
  if (typeof random !== 'function') return given;
  return { ...(given as object), random: (stream: string) => random(`${stream}, first call`) };
}
