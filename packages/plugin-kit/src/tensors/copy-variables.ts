import { type Check, checkArgument, functionCheck, isPlainObject, isTensor } from '@cantrip/errors';

/** As much of a `tf.Variable` as is needed here. */
export interface CopiedVariable<Copy> {
  clone(): { variable(trainable: boolean): Copy; dispose(): void };
}

const variablesCheck: Check<unknown> = (value) =>
  isPlainObject(value) && Object.values(value).every((one) => isTensor(one) && !one.isDisposed)
    ? undefined
    : 'must be variables by name that are not disposed';

/**
 * Copies variables to new ones that are not trained: what a plugin's hook `variables` returns to keep weights.
 *
 * @param variables - such as `run.variables`
 * @param nameOf - the name of each copy, by default that of its variable
 * @returns variables, which the caller disposes; the trainer does so with those of the hook `variables`
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * const plugin: Plugin = { name: 'kept', variables: (run) => copyVariables(run.variables, (name) => `kept/${name}`) };
 * ```
 */
export function copyVariables<Copy>(
  variables: Readonly<Record<string, CopiedVariable<Copy>>>,
  nameOf: (name: string) => string = (name) => name,
): Readonly<Record<string, Copy>> {
  checkArgument('copyVariables', 'variables', variablesCheck, variables);
  checkArgument('copyVariables', 'nameOf', functionCheck, nameOf);
  return Object.fromEntries(
    Object.entries(variables).map(([name, one]) => {
      const clone = one.clone();
      const copy = clone.variable(false);
      clone.dispose();
      return [nameOf(name), copy];
    }),
  );
}
