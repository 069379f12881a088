import type { Variable } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { NamedVariables } from '@cantrip/optimizers';
import { parametersOf } from '@cantrip/plugin-kit';

/** Every variable of a LayersModel, by a name that is the same in every process: `conv2d_1/kernel`, `head/bias`. */
export function nameParameters(model: LayersModel): NamedVariables {
  return Object.fromEntries(parametersOf(model).map(({ name, weight }) => [name, weight.read() as Variable]));
}

/**
 * Names without the number that makes them unique: `bidirectional_1/bias` for `bidirectional_1/bias_2`. A weight that
 * its layer itself calls `bias_2` is not listed.
 */
export function parameterRoles(model: LayersModel): Readonly<Record<string, string>> {
  return Object.fromEntries(
    parametersOf(model).flatMap(({ name, role }) => (name === role ? [] : [[name, role]])),
  );
}

/** Names the variables of a function model: the names that the user chose, else `variable_1`, … */
export function nameVariables(variables: readonly Variable[]): NamedVariables {
  const names: Record<string, Variable> = {};
  let automatic = 0;
  for (const variable of variables) {
    const name = /^\d+$/.test(variable.name) ? `variable_${++automatic}` : variable.name;
    names[free(names, name)] = variable;
  }
  return names;
}

function free(names: Readonly<Record<string, Variable>>, name: string): string {
  if (!(name in names)) return name;
  let count = 2;
  while (`${name}_${count}` in names) count++;
  return `${name}_${count}`;
}
