import { getGradient, type GradConfig, registerGradient, unregisterGradient } from '@tensorflow/tfjs-core';

/** What a replaced gradient changes; `before` is the gradient that it replaces, for backends that are not its own. */
export type MakeGradient = (before: GradConfig) => Partial<GradConfig>;

/**
 * Puts a gradient in the place of the registered one. Gradients belong to a kernel and not to a backend, so that ours
 * must leave other backends what was there before.
 *
 * Doing it again changes nothing, also when others have replaced the gradient in the meantime. Where none is
 * registered, none is: tfjs-core alone has no gradients.
 *
 * @param owner - who replaces: one gradient of a kernel for each
 */
export function replaceGradient(owner: string, kernelName: string, make: MakeGradient): void {
  const before = getGradient(kernelName) as GradConfig | undefined;
  if (before === undefined) return;
  const owners = ownersOf.get(before) ?? [];
  if (owners.includes(owner)) return;
  const gradient = { ...before, ...make(before) };
  ownersOf.set(gradient, [...owners, owner]);
  // Registering over a gradient prints a warning.
  unregisterGradient(kernelName);
  registerGradient(gradient);
}

/** Of each gradient that was put in place here: its owner and those of the gradients below it. */
const ownersOf = new WeakMap<GradConfig, readonly string[]>();
