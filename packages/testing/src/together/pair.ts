import type { Optimizer } from '@cantrip/optimizers';
import type { AnyPlugin, Trainer, TrainerOptions } from '@cantrip/trainer';
import { tinyOptimizer, tinyTrainer } from '../tiny/tiny-trainer.ts';

/** A plugin of a combination, and what is said of it. */
export interface TrickTogether {
  /** The plugin's name, as `testTrick` takes it. */
  readonly name: string;
  /** Creates a plugin that acts within 20 steps; a new object at each call. */
  create(): AnyPlugin;
  /** Creates the optimizer of each run, for a trick that acts only through an optimizer of its own. */
  optimizer?(): Optimizer;
}

/** Two tricks in one run. */
export interface Pair {
  readonly name: string;
  /** Why one of them refuses the other, as its plugin says it; undefined if neither does. */
  readonly refusal: string | undefined;
  optimizer(): Optimizer;
  trainer(options: Partial<TrainerOptions>): Trainer;
}

/**
 * The two tricks in the order that `after` of their plugins asks for. If it asks for none and both have the same
 * transform, wrap or schedule, the result of one may depend on the other: these are tested in both orders.
 */
export function pairsOf(first: TrickTogether, second: TrickTogether): readonly Pair[] {
  const [a, b] = [first.create(), second.create()];
  const refusal = a.conflicts?.[b.name] ?? b.conflicts?.[a.name];
  if (comesAfter(a, b)) return [inOrder(second, first, refusal)];
  const either = refusal === undefined && !comesAfter(b, a) && shareHook(a, b);
  return [inOrder(first, second, refusal), ...(either ? [inOrder(second, first, refusal)] : [])];
}

function inOrder(earlier: TrickTogether, later: TrickTogether, refusal: string | undefined): Pair {
  const optimizer = earlier.optimizer ?? later.optimizer ?? tinyOptimizer;
  return {
    name: `${earlier.name} with ${later.name}`,
    refusal,
    optimizer,
    trainer: (options) =>
      tinyTrainer([earlier.create(), later.create()], { optimizer: optimizer(), ...options }),
  };
}

const comesAfter = ({ after = [] }: AnyPlugin, other: AnyPlugin): boolean =>
  after.some((earlier) =>
    typeof earlier === 'string' ? earlier === other.name : (other.provides ?? []).includes(earlier.provides),
  );

const shareHook = (a: AnyPlugin, b: AnyPlugin): boolean =>
  Object.keys(a).some(
    (hook) => /^(transform|wrap|schedule)/.test(hook) && [a, b].every((one) => one[hook as keyof AnyPlugin]),
  );
