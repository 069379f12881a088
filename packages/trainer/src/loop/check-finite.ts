import * as tf from '@tensorflow/tfjs-core';
import { CantripError } from '@cantrip/errors';
import type { NamedVariables } from '@cantrip/optimizers';
import type { Logs } from '../contract/contexts.ts';

/** The names of variables that hold NaN or infinity. */
export async function notFinite(variables: NamedVariables): Promise<readonly string[]> {
  const names = Object.keys(variables);
  // A sum with NaN or infinity is not finite. A sum of large values may overflow too, so these are looked at again.
  const sums = await valuesOf(names, (name) => tf.sum(asFloats(variables[name]!)));
  const suspects = names.filter((_, at) => !Number.isFinite(sums[at]!));
  if (suspects.length === 0) return [];
  // A value times 0 is NaN for NaN and infinity, else 0.
  const zeros = await valuesOf(suspects, (name) => tf.sum(tf.mul(asFloats(variables[name]!), 0)));
  return suspects.filter((_, at) => Number.isNaN(zeros[at]!));
}

const asFloats = (variable: tf.Tensor): tf.Tensor => tf.cast(variable, 'float32');

/** One number for each name, all in one download. */
async function valuesOf(
  names: readonly string[],
  numberOf: (name: string) => tf.Tensor,
): Promise<ArrayLike<number>> {
  if (names.length === 0) return [];
  const all = tf.tidy(() => tf.stack(names.map(numberOf)));
  try {
    return await all.data();
  } finally {
    all.dispose();
  }
}

/** Joins names for a message. After three names, the rest is only counted. */
export function listed(names: readonly string[]): string {
  const more = names.length - 3;
  return names.slice(0, 3).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/**
 * Checks that the parameters are finite. The last update may have made them NaN, which no loss shows yet.
 *
 * @throws CantripError PARAMETER_NOT_FINITE
 */
export async function checkParameters(variables: NamedVariables, step: number): Promise<void> {
  const names = await notFinite(variables);
  if (names.length === 0) return;
  throw new CantripError('PARAMETER_NOT_FINITE', {
    who: 'trainer',
    what: `after ${step} steps ${listed(names)} ${names.length === 1 ? 'holds' : 'hold'} NaN or infinity; all losses so far were finite`,
    fix: 'Lower the learning rate, warm it up, or clip gradients',
  });
}

/**
 * Checks that the loss of an evaluation is finite. If not, the error names the parameters that are not finite.
 *
 * @throws CantripError PARAMETER_NOT_FINITE or LOSS_NOT_FINITE
 */
export async function checkEvaluation(figures: Logs, variables: NamedVariables): Promise<void> {
  const loss = figures['loss']!;
  if (Number.isFinite(loss)) return;
  const names = await notFinite(variables);
  if (names.length > 0) {
    throw new CantripError('PARAMETER_NOT_FINITE', {
      who: 'evaluate',
      what: `the loss is ${loss}, because ${listed(names)} ${names.length === 1 ? 'holds' : 'hold'} NaN or infinity`,
      fix: 'Restore an earlier snapshot, and lower the learning rate, warm it up, or clip gradients',
    });
  }
  throw new CantripError('LOSS_NOT_FINITE', {
    who: 'evaluate',
    what: `the loss is ${loss}, but every parameter is finite`,
    fix: 'Look for NaN, infinity or very large values in the data, or for a logarithm or division in the model',
  });
}

/**
 * Checks the validation loss, after the parameters were found to be finite.
 *
 * @throws CantripError LOSS_NOT_FINITE
 */
export function checkValidation(figures: Logs): void {
  const loss = figures['loss']!;
  if (Number.isFinite(loss)) return;
  throw new CantripError('LOSS_NOT_FINITE', {
    who: 'trainer',
    what: `the validation loss is ${loss}, but every parameter is finite`,
    fix: 'Look for NaN, infinity or very large values in the validation data, or for a logarithm or division in the model',
  });
}
