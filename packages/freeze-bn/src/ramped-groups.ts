import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { groupsSchema, type LayerGroup } from './layer-groups.ts';

/** A parameter group of an optimizer whose share of the learning rate is given anew at each step. */
export interface RampedGroup {
  readonly match: RegExp | string;
  readonly learningRateFactor: { readonly scalar: string };
}

/**
 * The groups as an optimizer wants them, so that `gradualUnfreezing` with a `ramp` or with learning rate factors can
 * set their learning rates. Other settings of a group, such as its weight decay, stay.
 *
 * @param groups - the same as `gradualUnfreezing` gets
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
  return checked.groups.map((group, index) => ({
    ...group,
    learningRateFactor: { scalar: scalarOf(index) },
  }));
}

/** The name of the scalar that holds a group's share of the learning rate. */
export const scalarOf = (index: number): string => `unfreezing/${index}`;
