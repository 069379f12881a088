import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { CantripError } from '@cantrip/errors';
import type { AnyPlugin } from '../contract/plugin.ts';
import type { OwnParts, StepContext } from '../contract/step-context.ts';
import { currentHook } from '../hooks/current-hook.ts';

/** What step hooks are called with in one batch. */
export interface StepContexts {
  /** What the hooks of this plugin know. */
  of(plugin: AnyPlugin): StepContext;
  /** The same, with other random numbers. */
  drawing(random: StepContext['random']): StepContexts;
}

interface Given extends Pick<StepContext, 'scalars' | 'random'> {
  /** What a plugin has of its own in this run. */
  readonly own: (plugin: AnyPlugin) => OwnParts;
}

/** The contexts of one batch: what a plugin carries from hook to hook begins empty. */
export function stepContexts({ scalars, random, own }: Given): StepContexts {
  const carried = new Map<AnyPlugin, Record<string, Tensor>>();

  function carryOf(plugin: AnyPlugin): Record<string, Tensor> {
    const carry = carried.get(plugin) ?? {};
    carried.set(plugin, carry);
    return carry;
  }

  const scalar = (name: string): Scalar => scalars[name] ?? refuseUnknown(name, scalars);

  const drawing = (random: StepContext['random']): StepContexts => ({
    of: (plugin) => ({ ...own(plugin), scalars, scalar, random, carry: carryOf(plugin) }),
    drawing,
  });
  return drawing(random);
}

function refuseUnknown(name: string, scalars: StepContext['scalars']): never {
  throw new CantripError('SCALAR_UNKNOWN', {
    who: currentHook()?.plugin.name ?? 'trainer',
    what: `scalar('${name}') was asked for, and the scalars of this step are ${Object.keys(scalars).join(', ')}`,
    fix: 'Return it from scheduleScalars',
  });
}
