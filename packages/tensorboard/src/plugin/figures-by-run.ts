/** Figures of an epoch by the folder in which TensorBoard's own tools put them. */
export type FiguresByRun = Readonly<Record<string, Readonly<Record<string, number>>>>;

/**
 * Puts the figures of the training into `train` and those of the validation into `validation`, under the same names, so that
 * TensorBoard draws both in one chart. Of several validation sets, each has its folder: `validation_noisy`.
 *
 * @param prefixes - what the figures of the validation sets begin with, as `onEvaluateBatch` says it
 * @example
 * ```ts
 * figuresByRun({ loss: 1, validation_loss: 2 }, ['validation_']); // { train: { loss: 1 }, validation: { loss: 2 } }
 * ```
 */
export function figuresByRun(
  logs: Readonly<Record<string, number>>,
  prefixes: Iterable<string>,
): FiguresByRun {
  // A set named a_b has figures that begin with the prefix of a set named a.
  const longestFirst = [...prefixes].sort((a, b) => b.length - a.length);
  const runs: Record<string, Record<string, number>> = {};
  for (const [name, value] of Object.entries(logs)) {
    const prefix = longestFirst.find((one) => name.startsWith(one)) ?? '';
    const run = prefix === '' ? 'train' : prefix.replace(/_$/, '');
    (runs[run] ??= {})[name.slice(prefix.length)] = value;
  }
  return runs;
}
