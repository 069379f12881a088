import { CantripError } from '@cantrip/errors';
import type { HookName } from './hook-names.ts';
import type { AnyPlugin } from './plugin.ts';

interface HookCall {
  readonly plugin: AnyPlugin;
  readonly hook: HookName;
}

// Hooks of the step are synchronous, so that one place holds whoever is running.
let current: HookCall | undefined;

/** Runs a synchronous hook; meanwhile {@link currentHook} tells which. */
export function duringHook<T>(call: HookCall, run: () => T): T {
  const outer = current;
  current = call;
  try {
    return run();
  } finally {
    current = outer;
  }
}

/** The hook that is running, or undefined while the model, the loss or the optimizer is. */
export function currentHook(): HookCall | undefined {
  return current;
}

/** The error of a step that draws on the host while it is recorded, for `refuseHostRandom`. */
export function hostRandomRefused(): CantripError {
  const { plugin, hook } = current ?? {};
  return new CantripError('CAPTURE_RANDOM', {
    who: plugin?.name ?? 'trainer',
    what: `${hook ?? 'the model or the loss'} draws random numbers on the host (Math.random, and so tf.dropout or tf.randomNormal), but the step is recorded once and replayed`,
    fix: 'Draw with random(stream) of the context, or set capture: false',
  });
}
