import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { CantripError } from '@cantrip/errors';
import type { AnyPlugin } from '../contract/plugin.ts';
import type { OwnParts, StepContext } from '../contract/step-context.ts';
import { currentHook } from '../hooks/current-hook.ts';

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

  const scalar = (name: string): Scalar => scalars[name] ?? refuseUnknown(name, scalars);

  const drawing = (random: StepContext['random']): StepContexts => ({
    of: (plugin) => ({ ...own(plugin), scalars, scalar, random, size, carry: carryOf(plugin) }),
    drawing,
  });
  return drawing(random);
}

function refuseUnknown(name: string, scalars: StepContext['scalars']): never {
  throw new CantripError('SCALAR_UNKNOWN', {
    who: currentHook()?.plugin.name ?? 'trainer',
    what: `scalar('${name}') must name a scalar of this step, which are ${Object.keys(scalars).join(', ')}`,
    fix: `Return ${name} from scheduleScalars`,
  });
}
