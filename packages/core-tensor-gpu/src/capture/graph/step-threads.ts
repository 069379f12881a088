/**
 * Below so many floating-point operations in a product, several threads in an op wait for each other longer than they
 * save. Decision 0035 has the figures.
 */
export const smallProduct = 60e6;

/**
 * Whether a step is faster with one thread in an op. TensorFlow still runs ops side by side where they do not depend on
 * each other, e.g. the two gradients of a product.
 *
 * What counts is the product in which a typical floating-point operation is, `sum(flop²) / sum(flop)`. The rule reads
 * shapes alone, so a step has the same number of threads, and the same bits, in each run on a machine.
 *
 * @param flops - of each product of the step
 */
export function wantsOneThread(flops: readonly number[]): boolean {
  const sum = flops.reduce((total, flop) => total + flop, 0);
  if (sum === 0) return false;
  return flops.reduce((total, flop) => total + flop * flop, 0) / sum < smallProduct;
}
