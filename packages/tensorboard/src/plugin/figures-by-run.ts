/** Figures of an epoch by the folder in which TensorBoard's own tools put them. */
export type FiguresByRun = Readonly<Record<string, Readonly<Record<string, number>>>>;

const prefix = 'validation_';

/**
 * Puts the figures of the training into `train` and those of the validation into `validation`, under the same names, so that
 * TensorBoard draws both in one chart. Of several validation sets, each has its folder: `validation_noisy`.
 *
 * @example
 * ```ts
 * figuresByRun({ loss: 1, validation_loss: 2 }); // { train: { loss: 1 }, validation: { loss: 2 } }
 * ```
 */
export function figuresByRun(logs: Readonly<Record<string, number>>): FiguresByRun {
  const runs: Record<string, Record<string, number>> = { train: {} };
  const own = Object.keys(logs).filter((name) => !name.startsWith(prefix));
  // A single set has a loss of the plain name. So without it there are several.
  const hasSets = !(`${prefix}loss` in logs);
  for (const [name, value] of Object.entries(logs)) {
    if (!name.startsWith(prefix)) {
      runs['train']![name] = value;
      continue;
    }
    const rest = name.slice(prefix.length);
    // `digit_loss` ends in `loss` too.
    const figure = longest(own.filter((one) => hasSets && rest.endsWith(`_${one}`)));
    const set = figure === undefined ? 'validation' : prefix + rest.slice(0, -figure.length - 1);
    (runs[set] ??= {})[figure ?? rest] = value;
  }
  return runs;
}

const longest = (names: readonly string[]): string | undefined =>
  [...names].sort((a, b) => b.length - a.length)[0];
