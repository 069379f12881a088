import type { Place } from '@cantrip/core-tensor-gpu';
import { CantripError, isCantripError } from '@cantrip/errors';
import type { HookName } from '../contract/hook-names.ts';
import type { AnyPlugin } from '../contract/plugin.ts';
import { idOf } from '../contract/plugin-id.ts';

/** The code of a plugin in the step: a hook, the optimizer that it returned, or its wrap of a layer. */
export type StepHook = HookName | 'transformOptimizer' | `wrapCall of the layer ${string}`;

interface HookCall {
  readonly plugin: AnyPlugin;
  readonly hook: StepHook;
}

// Hooks of the step are synchronous, so one variable is enough to hold the running hook.
let current: HookCall | undefined;

const layers: string[] = [];
const failedAt = new WeakMap<object, Place>();

/** Runs a synchronous hook. Meanwhile {@link currentHook} returns it. */
export function duringHook<T>(call: HookCall, run: () => T): T {
  const outer = current;
  current = call;
  try {
    return run();
  } catch (error) {
    throw placed(error);
  } finally {
    current = outer;
  }
}

/** Runs code that a hook calls but that is not its own: the trainer's part of the step, or another plugin's. */
export function outsideHooks<T>(run: () => T): T {
  const outer = current;
  current = undefined;
  try {
    return run();
  } finally {
    current = outer;
  }
}

/** Runs the call of a layer. Meanwhile {@link currentPlace} returns the layer. */
export function duringLayer<T>(name: string, run: () => T): T {
  layers.push(name);
  try {
    return run();
  } catch (error) {
    throw layers.length > 0 ? inLayer(error) : error;
  } finally {
    layers.pop();
  }
}

/** The hook that is running; undefined while the model, the loss or the optimizer runs. */
export function currentHook(): HookCall | undefined {
  return current;
}

/** The name of the plugin whose hook is running. */
export const currentPlugin = (): string | undefined => current && idOf(current.plugin);

/** Where the running code is: in a plugin's hook or, within the model, in a layer. */
export function currentPlace(): Place | undefined {
  if (current) return { who: idOf(current.plugin), within: current.hook };
  const layer = layers.at(-1);
  return layer === undefined ? undefined : layerPlace(layer);
}

/** The place of a layer in messages. */
export const layerPlace = (name: string): Place => ({ who: 'trainer', within: `the layer ${name}` });

/** Where an error was thrown; undefined if that was neither in a hook nor in a layer. */
export const placeOf = (error: unknown): Place | undefined =>
  typeof error === 'object' && error !== null ? failedAt.get(error) : undefined;

/** Notes where an error was thrown. The innermost place is kept. */
function placed(error: unknown): unknown {
  const place = currentPlace();
  if (place && typeof error === 'object' && error !== null && !failedAt.has(error))
    failedAt.set(error, place);
  return error;
}

/** The recorder knows the op, but not the layer that runs it. */
function inLayer(error: unknown): unknown {
  placed(error);
  const place = currentPlace();
  if (!place || current || !isCantripError(error) || error.who !== 'capture') return error;
  const { code, what, fix } = error;
  return placed(
    new CantripError(code, { who: place.who, what: `in ${place.within}, ${what}`, fix, cause: error }),
  );
}

/** The error for a step that draws random numbers on the host while it is recorded. Used by `refuseHostRandom`. */
export function hostRandomRefused(): CantripError {
  const { who = 'trainer', within = 'the model or the loss' } = currentPlace() ?? {};
  return new CantripError('CAPTURE_RANDOM', {
    who,
    what: `${within} must not draw random numbers on the host (Math.random, tf.dropout, tf.randomNormal), because the step is recorded once and replayed`,
    fix: 'Draw with random(stream) of the context, or set capture: false',
  });
}
