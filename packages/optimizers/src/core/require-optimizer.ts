import { CantripError, describe } from '@cantrip/errors';
import type { Optimizer } from './optimizer.ts';

/** Refuses what is not an optimizer of ours where one is wrapped. */
export function requireOptimizer(who: string, value: Optimizer): void {
  const candidate: Partial<Optimizer> | null | undefined = value;
  if (typeof candidate?.start === 'function' && typeof candidate.name === 'string') return;
  throw new CantripError('OPTION_INVALID', {
    who,
    what: `needs an optimizer such as sgd(), got ${describe(value)}`,
    fix: 'Give one of this package; fromTfjs(…) makes one of a tf.train optimizer',
  });
}
