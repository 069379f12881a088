import { CantripError, describe } from '@cantrip/errors';
import type { Optimizer } from './optimizer.ts';

/** Refuses a value that is not a Cantrip optimizer, where one is wrapped. */
export function requireOptimizer(who: string, value: Optimizer): void {
  const candidate: Partial<Optimizer> | null | undefined = value;
  if (typeof candidate?.start === 'function' && typeof candidate.name === 'string') return;
  throw new CantripError('OPTION_INVALID', {
    who,
    what: `needs an optimizer such as sgd(), got ${describe(value)}`,
    fix: 'Pass an optimizer of this package; fromTfjs(…) makes one from a tf.train optimizer',
  });
}
