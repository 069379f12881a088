import { CantripError } from '@cantrip/errors';
import { namedOrOnly } from '@cantrip/plugin-kit';
import type { Tensors } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';

/**
 * The names of the chosen tensors, or the name of the only one; undefined for a tensor without a name.
 *
 * @throws CantripError OPTION_INVALID
 */
export function chosenOutputs(
  tensors: Tensors,
  chosen: readonly string[] | undefined,
): readonly (string | undefined)[] {
  if (tensors instanceof tf.Tensor) {
    if (chosen?.[0] !== undefined) throw notNamed(chosen[0], []);
    return [undefined];
  }
  const names = Object.keys(tensors);
  if (chosen === undefined && names.length !== 1) throw unchosen(names);
  const absent = chosen?.find((name) => !tensors[name]);
  if (absent !== undefined) throw notNamed(absent, names);
  return chosen ?? names;
}

/** The output that matches the targets: the one with that name, or the only one. */
export function outputOf(outputs: Tensors, name: string | undefined): tf.Tensor {
  const found = namedOrOnly(outputs, name);
  if (found) return found;
  const names = Object.keys(outputs);
  throw name === undefined ? unchosen(names) : notNamed(name, names);
}

function unchosen(names: readonly string[]): CantripError {
  return new CantripError('OPTION_INVALID', {
    who: 'label-smoothing',
    what: `the targets are ${names.join(', ')}, and the option output does not say which to smooth`,
    fix: `Name them, for example labelSmoothing({ output: '${names[0]!}' })`,
  });
}

function notNamed(output: string, names: readonly string[]): CantripError {
  return new CantripError('OPTION_INVALID', {
    who: 'label-smoothing',
    what: `output is '${output}', but ${names.length === 0 ? 'the targets have no names' : `the names are ${names.join(', ')}`}`,
    fix: names.length === 0 ? 'Remove the option output' : 'Set output to one of these names',
  });
}
