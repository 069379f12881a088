import type { AnyPlugin, Trainer, TrainerOptions } from '@cantrip/trainer';
import { tinyTrainer } from '../tiny/tiny-trainer.ts';

/** A plugin of a combination, and what is said of it. */
export interface TrickTogether {
  /** The plugin's name, as `testTrick` takes it. */
  readonly name: string;
  /** Creates a plugin that acts within 20 steps; a new object at each call. */
  create(): AnyPlugin;
}

/** Two tricks in one run. */
export interface Pair {
  readonly name: string;
  /** Why one of them refuses the other, as its plugin says it; undefined if neither does. */
  readonly refusal: string | undefined;
  trainer(options: Partial<TrainerOptions>): Trainer;
}

/** The two tricks, in the order that `after` of their plugins asks for. */
export function pairOf(first: TrickTogether, second: TrickTogether): Pair {
  const [a, b] = [first.create(), second.create()];
  const [earlier, later] = comesAfter(a, b) ? [second, first] : [first, second];
  return {
    name: `${earlier.name} with ${later.name}`,
    refusal: a.conflicts?.[b.name] ?? b.conflicts?.[a.name],
    trainer: (options) => tinyTrainer([earlier.create(), later.create()], options),
  };
}

const comesAfter = ({ after = [] }: AnyPlugin, other: AnyPlugin): boolean =>
  after.some((earlier) =>
    typeof earlier === 'string' ? earlier === other.name : (other.provides ?? []).includes(earlier.provides),
  );
