import { getGradient, type GradConfig, registerGradient, unregisterGradient } from '@tensorflow/tfjs-core';

/** Makes a gradient that replaces another one. `before` is the replaced gradient, which other backends still need. */
export type MakeGradient = (before: GradConfig) => Partial<GradConfig>;

/**
 * Replaces the registered gradient of a kernel.
 *
 * Gradients are registered per kernel and not per backend, so the new one must call the old one on other backends. A
 * second call has no effect, also if other code has replaced the gradient in between. If no gradient is registered,
 * none is added: tfjs-core alone has no gradients.
 *
 * @param owner - who replaces it; each owner has one gradient per kernel
 */
export function replaceGradient(owner: string, kernelName: string, make: MakeGradient): void {
  const before = getGradient(kernelName) as GradConfig | undefined;
  if (before === undefined) return;
  const owners = ownersOf.get(before) ?? [];
  if (owners.includes(owner)) return;
  const gradient = { ...before, ...make(before) };
  ownersOf.set(gradient, [...owners, owner]);
  // Registering a gradient twice prints a warning.
  unregisterGradient(kernelName);
  registerGradient(gradient);
}

/** For each gradient that was replaced here: its owner and the owners of the gradients below it. */
const ownersOf = new WeakMap<GradConfig, readonly string[]>();
