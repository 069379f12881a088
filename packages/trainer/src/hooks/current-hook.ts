import type { Place } from '@cantrip/core-tensor-gpu';
import { CantripError, isCantripError } from '@cantrip/errors';
import type { HookName } from '../contract/hook-names.ts';
import type { AnyPlugin } from '../contract/plugin.ts';

/** What a plugin runs in the step: a hook, or the optimizer that it made. */
export type StepHook = HookName | 'transformOptimizer';

interface HookCall {
  readonly plugin: AnyPlugin;
  readonly hook: StepHook;
}

// Hooks of the step are synchronous, so that one place holds whoever is running.
let current: HookCall | undefined;

const layers: string[] = [];
const failedAt = new WeakMap<object, Place>();

/** Runs a synchronous hook; meanwhile {@link currentHook} tells which. */
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

/** Runs what a hook calls but is not its own: the trainer's part of the step, or another plugin's. */
export function outsideHooks<T>(run: () => T): T {
  const outer = current;
  current = undefined;
  try {
    return run();
  } finally {
    current = outer;
  }
}

/** Runs a layer's call; meanwhile {@link currentPlace} tells which. */
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

/** The hook that is running, or undefined while the model, the loss or the optimizer is. */
export function currentHook(): HookCall | undefined {
  return current;
}

/** Whose code is running: a plugin's hook or, inside of the model, a layer. */
export function currentPlace(): Place | undefined {
  if (current) return { who: current.plugin.name, within: current.hook };
  const layer = layers.at(-1);
  return layer === undefined ? undefined : layerPlace(layer);
}

/** A layer, as messages call it. */
export const layerPlace = (name: string): Place => ({ who: 'trainer', within: `the layer ${name}` });

/** Where an error came from; undefined where that was neither in a hook nor in a layer. */
export const placeOf = (error: unknown): Place | undefined =>
  typeof error === 'object' && error !== null ? failedAt.get(error) : undefined;

/** The innermost place stays. */
function placed(error: unknown): unknown {
  const place = currentPlace();
  if (place && typeof error === 'object' && error !== null && !failedAt.has(error))
    failedAt.set(error, place);
  return error;
}

/** The recorder sees the op but not which layer runs it. */
function inLayer(error: unknown): unknown {
  placed(error);
  const place = currentPlace();
  if (!place || current || !isCantripError(error) || error.who !== 'capture') return error;
  const { code, what, fix } = error;
  return placed(
    new CantripError(code, { who: place.who, what: `in ${place.within}, ${what}`, fix, cause: error }),
  );
}

/** The error of a step that draws on the host while it is recorded, for `refuseHostRandom`. */
export function hostRandomRefused(): CantripError {
  const { who = 'trainer', within = 'the model or the loss' } = currentPlace() ?? {};
  return new CantripError('CAPTURE_RANDOM', {
    who,
    what: `${within} draws random numbers on the host (Math.random, and so tf.dropout or tf.randomNormal), but the step is recorded once and replayed`,
    fix: 'Draw with random(stream) of the context, or set capture: false',
  });
}
