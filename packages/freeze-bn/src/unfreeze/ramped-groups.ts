import { CantripError, parseOptions } from '@cantrip/errors';
import type { Run } from '@cantrip/trainer';
import * as v from 'valibot';
import { groupsSchema, type LayerGroup, withSettings } from './layer-groups.ts';

/** A parameter group of an optimizer whose learning rate factor is set at each step. */
export interface RampedGroup {
  readonly match: RegExp | string;
  readonly learningRateFactor: { readonly scalar: string };
}

/**
 * Makes parameter groups for the optimizer, so that `gradualUnfreezing` can set their learning rates (for `ramp` and
 * learning rate factors). Other settings of a group, such as its weight decay, are kept.
 *
 * @param groups - the same groups as for `gradualUnfreezing`
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * const groups = layerwiseDecay({ layers: ['stem/**', 'block/**', 'head/**'], decay: 1 / 2.6 });
 * createTrainer({
 *   optimizer: sgd({ groups: rampedGroups(groups) }),
 *   plugins: [gradualUnfreezing({ groups, ramp: '0.5ep' })],
 *   …
 * });
 * ```
 */
export function rampedGroups(groups: readonly LayerGroup[]): readonly RampedGroup[] {
  const checked = parseOptions('rampedGroups', v.strictObject({ groups: groupsSchema }), { groups });
  return checked.groups.map(withSettings).map((group, index) => ({
    ...group,
    learningRateFactor: { scalar: scalarOf(index) },
  }));
}

/** The name of the scalar that holds a group's learning rate factor. */
export const scalarOf = (index: number): string => `unfreezing/${index}`;

/** @throws CantripError OPTION_INVALID if the optimizer does not read the scalars of {@link rampedGroups} */
export function requireRampedGroups({ optimizer }: Pick<Run, 'optimizer'>, count: number): void {
  const { name, scalars } = optimizer;
  const wanted = Array.from({ length: count }, (_, index) => scalarOf(index));
  if (scalars === undefined || wanted.every((scalar) => scalars.includes(scalar))) return;
  throw new CantripError('OPTION_INVALID', {
    who: 'gradualUnfreezing',
    what: `the ramp has no effect, because the optimizer ${name} does not have these groups`,
    fix: 'Set groups: rampedGroups(groups) in the optimizer, with the same groups',
  });
}
