import type { Tensor } from '@tensorflow/tfjs-core';
import { CantripError } from '@cantrip/errors';
import type { AnyPlugin } from '../contract/plugin.ts';
import { ownName } from '../contract/plugin-id.ts';
import { withOwnScalars } from '../hooks/with-own-scalars.ts';
import type { OwnParts, StepContext } from '../contract/step-context.ts';
import { currentPlugin } from '../hooks/current-hook.ts';

/** The contexts of step hooks in one batch. */
export interface StepContexts {
  /** The context for the hooks of this plugin. */
  of(plugin: AnyPlugin): StepContext;
  /** The same contexts, with other random numbers. */
  drawing(random: StepContext['random']): StepContexts;
}

interface Given extends Pick<StepContext, 'scalars' | 'random' | 'size'> {
  /** Returns a plugin's own values in this run. */
  readonly own: (plugin: AnyPlugin) => OwnParts;
}

/** Creates the contexts of one batch. `carry` of each plugin is empty at first. */
export function stepContexts({ scalars, random, size, own }: Given): StepContexts {
  const carried = new Map<AnyPlugin, Record<string, Tensor>>();

  function carryOf(plugin: AnyPlugin): Record<string, Tensor> {
    const carry = carried.get(plugin) ?? {};
    carried.set(plugin, carry);
    return carry;
  }

  const byName = scalarsOf(scalars);
  const drawing = (random: StepContext['random']): StepContexts => ({
    of: (plugin) => ({
      ...own(plugin),
      ...(plugin.instance === undefined ? byName : scalarsOf(withOwnScalars(plugin, scalars))),
      random: (stream) => random(ownName(plugin, stream)),
      size,
      carry: carryOf(plugin),
    }),
    drawing,
  });
  return drawing(random);
}

/** The scalars of a pass, in the form that contexts have. */
export const scalarsOf = (scalars: StepContext['scalars']): Pick<StepContext, 'scalars' | 'scalar'> => ({
  scalars,
  scalar: (name) => scalars[name] ?? refuseUnknown(name, scalars),
});

function refuseUnknown(name: string, scalars: StepContext['scalars']): never {
  const who = currentPlugin() ?? 'trainer';
  if (Object.keys(scalars).length === 0) {
    throw new CantripError('SCALAR_UNKNOWN', {
      who,
      what: `scalar('${name}') was called in evaluation or prediction, where there are no scalars`,
      fix: 'Call it only if training is true',
    });
  }
  throw new CantripError('SCALAR_UNKNOWN', {
    who,
    what: `scalar('${name}') must name a scalar of this step, which are ${Object.keys(scalars).join(', ')}`,
    fix: `Return ${name} from scheduleScalars`,
  });
}
