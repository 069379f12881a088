import { CantripError, describe } from '@cantrip/errors';
import type { AblationResult, Effect } from '../analysis/ablation-result.ts';
import { checkResult } from '../analysis/check-result.ts';
import type { Figure } from '../design/define-ablation.ts';
import { formatDifference } from './format-figure.ts';
import { verdictInWords } from './table.ts';

const width = 940;
const rowHeight = 34;
const top = 44;
const plot = { left: 220, right: 540 };
const labelWidth = 60;
const colours: Readonly<Record<string, string>> = { helps: '#1a7f37', hurts: '#cf222e' };
const grey = '#6e7781';

/**
 * Draws an ablation's effects on one figure as an SVG forest plot. It shows each trick's mean difference with its
 * interval, and the line of no effect. Every seed is a small dot. It is readable on light and dark backgrounds.
 *
 * @param figure - the name of the figure; the first one by default
 * @throws CantripError OPTION_INVALID
 */
export function ablationChart(result: AblationResult, figure?: string): string {
  checkResult('ablationChart', result);
  return chartOf(result, figureOf(result, figure));
}

function figureOf({ figures }: AblationResult, wanted: unknown): Figure {
  const found = wanted === undefined ? figures[0] : figures.find(({ name }) => name === wanted);
  if (found) return found;
  throw new CantripError('OPTION_INVALID', {
    who: 'ablationChart',
    what: `figure must be the name of a figure, got ${describe(wanted)}`,
    fix: `Use one of ${figures.map(({ name }) => name).join(', ')}`,
  });
}

function chartOf(result: AblationResult, about: Figure): string {
  const figure = about.name;
  const effects = result.effects.filter((effect) => effect.figure === figure);
  const scale = scaleOf(effects);
  const height = top + effects.length * rowHeight + 40;
  const bottom = height - 34;
  const rows = effects.map((effect, index) => row(effect, about, top + (index + 0.5) * rowHeight, scale));
  const unit = about.percent === true ? ' (percentage points)' : '';
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="13" role="img">`,
    `<title>${escape(`${result.experiment}: effect of each trick on ${figure}`)}</title>`,
    text(
      8,
      22,
      `${result.experiment}: change in ${figure}${unit}, ${about.better} is better`,
      'start',
      'bold',
    ),
    `<line x1="${at(scale(0))}" x2="${at(scale(0))}" y1="${top - 8}" y2="${bottom}" stroke="${grey}" stroke-dasharray="3 3"/>`,
    ...rows,
    ...axis(scale, about, bottom),
    '</svg>',
  ].join('\n')}\n`;
}

type Scale = ((value: number) => number) & { readonly low: number; readonly high: number };

/** Maps the extreme values to the sides of the plot; 0 is always inside. */
function scaleOf(effects: readonly Effect[]): Scale {
  const values = effects.flatMap(({ difference: { low, high, values } }) => [low, high, ...values]);
  const finite = [0, ...values.filter(Number.isFinite)];
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const span = high - low || 1;
  const place = (value: number): number => plot.left + ((value - low) / span) * (plot.right - plot.left);
  return Object.assign(place, { low, high });
}

function row(effect: Effect, figure: Figure, y: number, scale: Scale): string {
  const { difference, verdict, name } = effect;
  const colour = colours[verdict] ?? grey;
  if (difference.values.length === 0)
    return `${text(8, y + 4, name)}${text(plot.right + 16, y + 4, 'no pairs')}`;
  const dots = difference.values.map(
    (value) => `<circle cx="${at(scale(value))}" cy="${at(y)}" r="2" fill="${colour}" fill-opacity="0.45"/>`,
  );
  return [
    text(8, y + 4, name),
    `<line x1="${at(scale(difference.low))}" x2="${at(scale(difference.high))}" y1="${at(y)}" y2="${at(y)}" stroke="${colour}" stroke-width="2"/>`,
    ...dots,
    `<circle cx="${at(scale(difference.mean))}" cy="${at(y)}" r="5" fill="${colour}"/>`,
    text(plot.right + 16, y + 4, `${formatDifference(difference.mean, figure)}  ${verdictInWords(effect)}`),
  ].join('\n');
}

function axis(scale: Scale, figure: Figure, bottom: number): string[] {
  // A label too near to 0 would overlap its label.
  const isClear = (value: number): boolean => Math.abs(scale(value) - scale(0)) >= labelWidth;
  const ends = [0, ...[scale.low, scale.high].filter(isClear)];
  return [
    `<line x1="${plot.left}" x2="${plot.right}" y1="${bottom}" y2="${bottom}" stroke="${grey}"/>`,
    ...ends.map((value) =>
      text(scale(value), bottom + 18, value === 0 ? '0' : formatDifference(value, figure), 'middle'),
    ),
  ];
}

function text(
  x: number,
  y: number,
  content: string,
  anchor: string = 'start',
  weight: string = 'normal',
): string {
  // A grey that is readable on white and on black.
  return `<text x="${at(x)}" y="${at(y)}" fill="#7d8590" text-anchor="${anchor}" font-weight="${weight}">${escape(content)}</text>`;
}

const at = (value: number): string => Number(value.toFixed(1)).toString();

const escape = (content: string): string =>
  content.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
