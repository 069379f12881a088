import { CantripError } from '@cantrip/errors';
import type * as tf from '@tensorflow/tfjs-core';

/** An equation with a letter for each axis, without an ellipsis and with an explicit result. */
export interface EinsumEquation {
  readonly terms: readonly string[];
  readonly result: string;
}

/**
 * Makes an equation explicit: `...ij,jk` of three and two axes becomes `Aij,jk->Aik`. TensorFlow accepts both. With
 * an ellipsis, TensorFlow broadcasts axes, so axes of different sizes are refused here.
 *
 * @throws CantripError SHAPE_MISMATCH if the equation does not fit the tensors
 */
export function parseEinsum(equation: string, tensors: readonly tf.Tensor[]): EinsumEquation {
  const [left, right, ...more] = equation.replaceAll(/\s/g, '').split('->') as [string, string | undefined];
  const written = left.split(',');
  if (more.length > 0) throw invalid(equation, 'has more than one arrow');
  if (written.length !== tensors.length)
    throw invalid(equation, `has ${written.length} terms for ${tensors.length} tensors`);
  const unknown = [...(right ?? '').replace('...', '')].find((letter) => !left.includes(letter));
  if (unknown !== undefined) throw invalid(equation, `has ${unknown} after the arrow alone`);
  const spare = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].filter((letter) => !equation.includes(letter));
  const counts = written.map((term, i) => (term.includes('...') ? tensors[i]!.rank - (term.length - 3) : 0));
  const most = Math.max(...counts);
  const common = spare.slice(0, most).join('');
  const terms = written.map((term, i) => term.replace('...', common.slice(most - counts[i]!)));
  const result = right === undefined ? implied(terms, common) : right.replace('...', common);
  return { terms, result };
}

const invalid = (equation: string, what: string): CantripError =>
  new CantripError('SHAPE_MISMATCH', {
    who: 'einsum',
    what: `the equation ${JSON.stringify(equation)} ${what}`,
    fix: "Write a term for each tensor and one arrow, for example 'ij,jk->ik'",
  });

/** The ellipsis, then the letters that occur once, in alphabetical order. */
function implied(terms: readonly string[], common: string): string {
  const letters = [...terms.join('')].filter((letter) => !common.includes(letter));
  const once = letters.filter((letter) => letters.indexOf(letter) === letters.lastIndexOf(letter));
  return common + once.sort().join('');
}
