import type * as tf from '@tensorflow/tfjs-core';

/** An equation with a letter for each axis: no ellipsis, the result written out. */
export interface EinsumEquation {
  readonly terms: readonly string[];
  readonly result: string;
}

/**
 * Writes an equation out: `...ij,jk` of three and two axes is `Aij,jk->Aik`.
 *
 * TensorFlow takes both; an ellipsis broadcasts there, so that its axes are refused here where their sizes differ.
 */
export function parseEinsum(equation: string, tensors: readonly tf.Tensor[]): EinsumEquation {
  const [left, right] = equation.replaceAll(/\s/g, '').split('->') as [string, string | undefined];
  const written = left.split(',');
  const spare = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].filter((letter) => !equation.includes(letter));
  const counts = written.map((term, i) => (term.includes('...') ? tensors[i]!.rank - (term.length - 3) : 0));
  const most = Math.max(...counts);
  const common = spare.slice(0, most).join('');
  const terms = written.map((term, i) => term.replace('...', common.slice(most - counts[i]!)));
  const result = right === undefined ? implied(terms, common) : right.replace('...', common);
  return { terms, result };
}

/** The ellipsis, then the letters that stand once, in the order of the alphabet. */
function implied(terms: readonly string[], common: string): string {
  const letters = [...terms.join('')].filter((letter) => !common.includes(letter));
  const once = letters.filter((letter) => letters.indexOf(letter) === letters.lastIndexOf(letter));
  return common + once.sort().join('');
}
