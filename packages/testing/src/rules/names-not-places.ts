import type { AnyPlugin, Run } from '@cantrip/trainer';
import { requireSame } from '../bench/bench.ts';
import { outcomeOf } from '../bench/outcome.ts';
import type { Rule } from '../bench/rule.ts';
import { replaceHooks } from './in-place.ts';
import { reversed } from './resumes.ts';
import { ROUNDING } from './same-everywhere.ts';

/** Gives each hook its names in the opposite order. Sums may then round otherwise. */
export const namesNotPlaces: Rule = {
  name: 'reads gradients, variables and scalars by name, in any order',
  async check({ create, course, trainer, unbroken }) {
    const plugin = create();
    turnAround(plugin);
    const actual = await outcomeOf(trainer(plugin), course);
    requireSame(actual, await unbroken(), {
      where: 'where the names come in their usual order',
      slack: ROUNDING,
      fix: 'Find gradients, variables and scalars by name; their order is no promise',
    });
  },
};

const named = [
  'transformGradients',
  'transformVariables',
  'scheduleScalars',
  'scheduleBatchScalars',
] as const;

function turnAround(plugin: AnyPlugin): void {
  replaceHooks(plugin, named, (hook) => {
    return function (this: unknown, first, context) {
      const given = first as Readonly<Record<string, unknown>>;
      const result = hook.call(this, reversed(given), withNames(context)) as typeof given;
      return inOrderOf(given, result);
    };
  });
  replaceHooks(plugin, ['wrapGradients'], (hook) => {
    return function (this: unknown, next, context) {
      let order: object = {};
      const turned = (...options: readonly unknown[]): object =>
        reversed((order = (next as (...given: readonly unknown[]) => object)(...options)));
      return inOrderOf(order, hook.call(this, turned, withNames(context)) as object, () => order);
    };
  });
  replaceHooks(plugin, ['variables', 'setup'], (hook) => {
    return function (this: unknown, run, ...more) {
      return hook.call(this, withRun(run as Run), ...more);
    };
  });
}

/** Results that are no objects are left for the trainer to refuse. */
function inOrderOf(first: object, result: object, late: () => object = () => first): object {
  const order = Object.keys(late());
  if (typeof result !== 'object' || result === null || result instanceof Promise) return result;
  const known = order.filter((name) => name in result);
  const others = Object.keys(result).filter((name) => !order.includes(name));
  return Object.fromEntries(
    [...known, ...others].map((name) => [name, (result as Record<string, unknown>)[name]]),
  );
}

function withNames(context: unknown): unknown {
  const turned = ['variables', 'scalars', 'ownVariables'].flatMap((name) => {
    const named = (context as Record<string, object | undefined>)[name];
    return named ? [[name, reversed(named)]] : [];
  });
  return { ...(context as object), ...Object.fromEntries(turned) };
}

/** The run itself, seen with its variables in the opposite order. */
const withRun = (run: Run): Run =>
  Object.create(run, {
    variables: { value: reversed(run.variables) },
    trainable: { value: () => reversed(run.trainable()) },
  }) as Run;
