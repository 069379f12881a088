import type { HostContext } from '@cantrip/trainer';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { requireSame } from '../bench/bench.ts';
import { type Difference, firstDifference, inWords } from '../bench/first-difference.ts';
import { notKept } from '../bench/not-kept.ts';
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

const fixOf = (name: string): string =>
  `Let ${name} compute from step, epoch and state only; change things in onStepEnd or onEpochBegin`;

/**
 * Asks each hook twice. A hook that counts its calls, or adds to something, then answers otherwise. The first call alone
 * must leave the plugin's state and the flags `trainable` as they were, because a value that is only set again and again
 * answers the same.
 */
export const pureSchedules: Rule = {
  name: 'has no side effect in schedule hooks, transformVariables and structure, and may begin a step twice',
  skips: ({ create }) =>
    asked.some((name) => create()[name]) ? undefined : 'the trick has none of these hooks',
  async check({ create, course, trainer, unbroken }) {
    for (const name of asked) {
      const plugin = create();
      if (!plugin[name]) continue;
      let changed: Difference | undefined;
      replaceHooks(plugin, [name], (hook) => {
        return function (this: unknown, ...given) {
          const before = name === 'onStepBegin' ? undefined : seen(given[1] ?? given[0]);
          const first = hook.apply(this, given.map(withOwnStreams));
          if (before) changed ??= firstDifference(seen(given[1] ?? given[0]), before);
          return first instanceof Promise
            ? first.then(() => hook.apply(this, given))
            : hook.apply(this, given);
        };
      });
      const twice = await outcomeOf(trainer(plugin), course);
      requireSame(twice, await unbroken(), {
        where: `where ${name} is called once a step; here it was called twice`,
        fix: fixOf(name),
      });
      if (changed) notKept(inWords(changed, `before ${name} was called`), fixOf(name));
    }
  },
};

/** What a hook may read, and must not change. */
function seen(context: unknown): unknown {
  const { state, run } = context as HostContext;
  const { layers = [] } = run.model as Partial<LayersModel>;
  return {
    state: structuredClone(state),
    trainable: Object.fromEntries(
      [...layers.map((layer) => [layer.name, layer] as const), ...Object.entries(run.variables)].map(
        ([name, { trainable }]) => [name, trainable],
      ),
    ),
  };
}

/** The first call draws from streams of its own, because a stream gives each number once. */
function withOwnStreams(given: unknown): unknown {
  const { random } = (given ?? {}) as { readonly random?: (stream: string) => unknown };
  if (typeof random !== 'function') return given;
  return { ...(given as object), random: (stream: string) => random(`${stream}, first call`) };
}
