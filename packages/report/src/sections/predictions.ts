import { shortNumber } from '@cantrip/plugin-kit';
import type { ClassPredictions, PartOfPredictions, ValuePredictions } from '@cantrip/run-log';
import { confusionChart } from '../charts/confusion-chart.ts';
import { reliabilityChart } from '../charts/reliability-chart.ts';
import { scatterChart } from '../charts/scatter-chart.ts';
import { figure } from '../html/figure.ts';
import { type Html, markup } from '../html/markup.ts';
import { accuracyOf, calibrationError, reliabilityRows } from '../predictions/reliability.ts';
import type { ShownRun } from '../runs/shown-run.ts';
import { worstExamples } from './worst-examples.ts';

/** More classes than this are not drawn: the cells would be too small to read. */
const mostClasses = 25;
const mostMistakes = 50;

/** What each run predicted in its last validation. */
export function predictions(runs: readonly ShownRun[], idOf: (title: string) => string): Html {
  return markup`${runs.map(({ name, predictions: found }) => {
    if (!found) return undefined;
    return markup`<h3>${name}, after step ${found.step}</h3>
${found.parts.map(
  (part) => markup`<div class="figures">${figuresOf(part, idOf)}</div>
${worstExamples(nameOf(part), part.worst)}`,
)}`;
  })}`;
}

/** `validation`, or with the name of the output `validation, digit`. */
const nameOf = ({ data, output }: PartOfPredictions): string =>
  [data, output].filter(Boolean).join(', ').replaceAll('_', ' ');

function figuresOf(part: PartOfPredictions, idOf: (title: string) => string): readonly Html[] {
  if (part.kind === 'values') return [valuesFigure(idOf('predictions'), part)];
  return [confusionFigure(idOf('confusion'), part), reliabilityFigure(idOf('reliability'), part)];
}

function confusionFigure(id: string, part: ClassPredictions): Html {
  const { classes, count, counts } = part;
  const isSmall = classes <= mostClasses;
  const mistakes = counts
    .filter(([target, prediction]) => target !== prediction)
    .sort(([, , a], [, , b]) => b - a);
  const [most] = mistakes;
  const listed = isSmall ? [...counts] : mistakes.slice(0, mostMistakes);
  return figure({
    id,
    title: `Confusion matrix of ${nameOf(part)}`,
    description:
      `${count} predictions of ${classes} classes, ${percent(accuracyOf(part))} correct. ` +
      (most
        ? `The most frequent mistake: class ${most[0]} was predicted as ${most[1]}, ${most[2]} times.`
        : 'There is no mistake.'),
    svg: isSmall ? confusionChart(id, part) : undefined,
    unseen: `${classes} classes are too many to draw. The table has the most frequent mistakes.`,
    notes: isSmall
      ? [
          'Rows are true classes, columns predictions. Blue is correct, and stronger is a larger share of the row.',
        ]
      : [],
    data: {
      caption: isSmall ? 'How often each class was predicted' : 'The most frequent mistakes',
      head: ['true class', 'predicted class', 'count'],
      rows: listed.map((row) => row.map(String)),
    },
  });
}

function reliabilityFigure(id: string, part: ClassPredictions): Html {
  const rows = reliabilityRows(part);
  const error = `The expected calibration error is ${shortNumber(calibrationError(rows))}, over ${rows.length} sections.`;
  return figure({
    id,
    title: `Reliability of ${nameOf(part)}`,
    description: `The share of correct predictions by their confidence. ${error}`,
    svg: part.count > 0 ? reliabilityChart(id, rows) : undefined,
    notes: [`On the dashed line, confidence is what it says. ${error}`],
    data: {
      caption: 'Predictions by confidence',
      head: ['confidence', 'predictions', 'mean confidence', 'share correct'],
      rows: rows
        .filter(({ count }) => count > 0)
        .map(({ from, to, count, confidence, accuracy }) => [
          `${from.toFixed(2)} to ${to.toFixed(2)}`,
          String(count),
          shortNumber(confidence),
          shortNumber(accuracy),
        ]),
    },
  });
}

function valuesFigure(id: string, part: ValuePredictions): Html {
  const { count, every, sample } = part;
  const shown =
    every === 1 ? `All ${count} predictions.` : `${sample.length} of ${count} predictions: one of ${every}.`;
  return figure({
    id,
    title: `Predictions of ${nameOf(part)}`,
    description: `Predicted numbers by their targets. ${shown}`,
    svg: scatterChart(id, part),
    notes: [`On the dashed line, the prediction is the target. ${shown}`],
    data: {
      caption: 'Targets and predictions, at most 60',
      head: ['target', 'prediction'],
      rows: sample.slice(0, 60).map((pair) => pair.map(String)),
    },
  });
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
