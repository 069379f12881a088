import type { RunLog } from '@cantrip/run-log';
import type { ChartSource } from './chart-source.ts';
import type { Point } from './curve.ts';

const prefix = 'validation_';

/**
 * One chart for each figure of an epoch, with those of validation in the chart of the figure of training that they repeat:
 * `accuracy`, `validation_accuracy` and `validation_noisy_accuracy`.
 */
export function figureCharts(logs: readonly RunLog[]): readonly ChartSource[] {
  const rows = logs.flatMap(({ validations, epochs }) => [...epochs, ...validations]);
  const names = [...new Set(rows.flatMap((row) => Object.keys(row.figures)))];
  const training = names.filter((name) => !name.startsWith(prefix));
  const parts = new Map<string, string[]>();
  for (const name of names) {
    const title = titleOf(name, training);
    parts.set(title, [...(parts.get(title) ?? []), name]);
  }
  return [...parts].map(([title, figures]) => ({
    title,
    x: 'epoch',
    y: title,
    source: logs.some(({ validations }) => validations.length > 0)
      ? 'epochs.csv and validations.csv'
      : 'epochs.csv',
    parts: figures.map((figure) => ({
      ...(figures.length > 1 && { name: figure.startsWith(prefix) ? setOf(figure, title) : 'training' }),
      dashed: figures.length > 1 && !figure.startsWith(prefix),
      points: (log: RunLog) => pointsOf(log, figure),
    })),
  }));
}

/** A validation within an epoch stands between the epochs. */
function pointsOf({ epochs, validations, info }: RunLog, figure: string): readonly Point[] {
  const { length } = info.description as { readonly length?: { readonly stepsPerEpoch?: number } };
  const stepsPerEpoch = length?.stepsPerEpoch ?? NaN;
  const all = [
    ...epochs.map(({ step, epoch, figures }) => ({ step, x: epoch, figures })),
    ...validations.map(({ step, figures }) => ({ step, x: step / stepsPerEpoch, figures })),
  ].sort((a, b) => a.step - b.step);
  return all.flatMap(({ x, figures }) =>
    Object.hasOwn(figures, figure) && Number.isFinite(x) ? [{ x, y: figures[figure]! }] : [],
  );
}

/** The figure of training that a figure of validation repeats. The longest name wins: `digit_loss` before `loss`. */
function titleOf(name: string, training: readonly string[]): string {
  if (!name.startsWith(prefix)) return name;
  const rest = name.slice(prefix.length);
  if (training.includes(rest)) return rest;
  const ends = training.filter((one) => rest.endsWith(`_${one}`)).sort((a, b) => b.length - a.length);
  return ends[0] ?? rest;
}

/** `validation`, or with the name of its data `validation noisy`. */
function setOf(figure: string, title: string): string {
  const data = figure.slice(prefix.length, -title.length).replace(/_$/, '');
  return data === '' ? 'validation' : `validation ${data}`;
}
