import type * as tf from '@tensorflow/tfjs-core';

/** An equation with a letter for each axis, without an ellipsis and with an explicit result. */
export interface EinsumEquation {
  readonly terms: readonly string[];
  readonly result: string;
}

/**
 * Makes an equation explicit: `...ij,jk` of three and two axes becomes `Aij,jk->Aik`. TensorFlow accepts both. With
 * an ellipsis, TensorFlow broadcasts axes, so axes of different sizes are refused here.
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

/** The ellipsis, then the letters that occur once, in alphabetical order. */
function implied(terms: readonly string[], common: string): string {
  const letters = [...terms.join('')].filter((letter) => !common.includes(letter));
  const once = letters.filter((letter) => letters.indexOf(letter) === letters.lastIndexOf(letter));
  return common + once.sort().join('');
}
