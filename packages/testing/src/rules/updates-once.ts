import type { NamedVariables } from '@cantrip/optimizers';
import type { AnyPlugin } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { notKept } from '../bench/not-kept.ts';
import type { Rule } from '../bench/rule.ts';
import { replaceHooks } from './in-place.ts';
import { accumulating } from './resumes.ts';

/** Compares, in the step itself, what stands before and after a batch that is only accumulated. */
export const updatesOnce: Rule = {
  name: 'updates once a step, also where a step has several batches',
  also: 'captured',
  skips: (bench) => (accumulating(bench) ? undefined : 'the optimizer cannot be wrapped'),
  async check(bench) {
    const plugin = bench.create();
    let own: NamedVariables = {};
    replaceHooks(plugin, ['variables'], (hook) => {
      return function (this: unknown, ...given) {
        return (own = hook.apply(this, given) as NamedVariables);
      };
    });
    const { watcher, moved } = watchOf(() => (bench.trick.movesEachBatch ? {} : own));
    const one = bench.trainer(plugin, accumulating(bench)!, [plugin, watcher]);
    try {
      await one.fit(bench.data, { epochs: bench.course.epochs });
      const names = await moved();
      if (names.length === 0) return;
      notKept(
        `${names.slice(0, 3).join(', ')} changed after a batch that only adds its gradients`,
        "Act where the phase of apply(update) is 'update', or in onStepEnd; a variable that sums batches needs movesEachBatch in testTrick",
      );
    } finally {
      one.dispose();
    }
  },
};

interface Watch {
  readonly watcher: AnyPlugin;
  /** The names of the variables that changed too early. */
  moved(): Promise<readonly string[]>;
}

function watchOf(ownOf: () => NamedVariables): Watch {
  const watched = new Map<string, { now: tf.Variable; before: tf.Variable; changed: tf.Variable }>();
  return {
    watcher: {
      name: 'update-watcher',
      variables(run) {
        const named = [
          ...Object.entries(run.trainable()),
          ...Object.entries(ownOf()).map(([name, one]) => [`its own ${name}`, one] as const),
        ];
        for (const [name, now] of named) {
          const before = tf.variable(tf.clone(now), false);
          watched.set(name, { now, before, changed: tf.variable(tf.scalar(0), false) });
        }
        return Object.fromEntries(
          [...watched].flatMap(([name, { before, changed }]) => [
            [`${name} before`, before],
            [`${name} changed`, changed],
          ]),
        );
      },
      transformBatch(batch) {
        for (const { now, before } of watched.values()) before.assign(tf.clone(now));
        return batch;
      },
      transformOptimizer: (optimizer) => ({
        ...optimizer,
        apply(update) {
          optimizer.apply(update);
          if (update.phase === 'update') return;
          for (const { now, before, changed } of watched.values()) {
            const differs = tf.cast(tf.any(tf.notEqual(now, before)), 'float32');
            changed.assign(tf.maximum(changed, differs));
          }
        },
      }),
    },
    async moved() {
      const flags = await Promise.all(
        [...watched].map(async ([name, { changed }]) => [name, (await changed.data())[0]] as const),
      );
      return flags.filter(([, flag]) => flag !== 0).map(([name]) => name);
    },
  };
}
