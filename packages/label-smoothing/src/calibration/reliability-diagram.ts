import { parseOptions } from '@cantrip/errors';
import { checkCalibration } from './check-calibration.ts';
import * as v from 'valibot';
import type { Calibration } from './calibration.ts';
import type { CalibrationBin } from './calibration-bins.ts';

export interface ReliabilityDiagramOptions {
  /** The title above the diagram; none by default. */
  readonly title?: string;
  /** The side of the square in pixels, at least 100; 320 by default. */
  readonly size?: number;
}

const optionsSchema = v.strictObject({
  title: v.optional(v.string()),
  size: v.optional(v.pipe(v.number(), v.minValue(100), v.maxValue(1e5)), 320),
});

const MARGIN = 44;
/** The height of the histogram, as a share of the square's side. */
const HISTOGRAM = 0.2;

/**
 * Draws a reliability diagram as an SVG image: the accuracy in each bin of confidence, and the gap to perfect
 * calibration (the diagonal). The histogram below shows the number of predictions in each bin.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * writeFileSync('calibration.svg', reliabilityDiagram(await calibrationOf(trainer, test), { title: 'ResNet-20' }));
 * ```
 * @see DeGroot and Fienberg, The comparison and evaluation of forecasters, 1983
 */
export function reliabilityDiagram(
  calibration: Calibration,
  options: ReliabilityDiagramOptions = {},
): string {
  const { title, size } = parseOptions('reliabilityDiagram', optionsSchema, options);
  checkCalibration('reliabilityDiagram', calibration);
  const top = title === undefined ? 12 : 36;
  const filled = calibration.bins.filter(({ count }) => count > 0);
  const most = Math.max(...filled.map(({ count }) => count));
  const base = top + size;
  const histogram = base + 16;
  const depth = size * HISTOGRAM;
  const width = size + MARGIN + 12;
  const height = histogram + depth + 40;
  const x = (confidence: number): number => MARGIN + confidence * size;
  const y = (accuracy: number): number => base - accuracy * size;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(width)} ${round(height)}" width="${round(width)}" height="${round(height)}" font-family="sans-serif" font-size="12" fill="#222">`,
    `<title>${escaped(title ?? 'Reliability diagram')}</title>`,
    '<rect width="100%" height="100%" fill="#fff"/>',
    ...(title === undefined ? [] : [text(MARGIN + size / 2, 22, title, 'font-size="14"')]),
    ...filled.map((bin) => bar(bin, y(bin.accuracy), base, x, '#4878a8')),
    ...filled.map((bin) => gap(bin, { x, y })),
    `<path d="M${x(0)} ${y(0)}L${x(1)} ${y(1)}" stroke="#888" stroke-dasharray="4 3"/>`,
    `<rect x="${MARGIN}" y="${top}" width="${size}" height="${size}" fill="none" stroke="#888"/>`,
    text(MARGIN + 8, top + 18, figures(calibration), 'text-anchor="start"'),
    ...[0, 0.5, 1].map((value) => text(MARGIN - 6, y(value) + 4, String(value), 'text-anchor="end"')),
    ...filled.map((bin) => bar(bin, histogram, histogram + (depth * bin.count) / most, x, '#aaa')),
    ...[0, 0.5, 1].map((value) => text(x(value), histogram + depth + 16, String(value))),
    text(MARGIN + size / 2, histogram + depth + 32, `confidence of ${calibration.count} predictions`),
    text(0, 0, 'accuracy', `transform="translate(14 ${round(top + size / 2)}) rotate(-90)"`),
    '</svg>',
    '',
  ].join('\n');
}

type Scale = (value: number) => number;

const figures = ({ expectedError, maximumError }: Calibration): string =>
  `ECE ${percent(expectedError)}, MCE ${percent(maximumError)}`;

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

function bar({ low, high }: CalibrationBin, from: number, to: number, x: Scale, fill: string): string {
  return `<rect x="${round(x(low))}" y="${round(from)}" width="${round(x(high) - x(low))}" height="${round(to - from)}" fill="${fill}" stroke="#fff"/>`;
}

/** The gap between confidence and accuracy. */
function gap({ low, high, confidence, accuracy }: CalibrationBin, { x, y }: { x: Scale; y: Scale }): string {
  const [from, to] = [y(Math.max(confidence, accuracy)), y(Math.min(confidence, accuracy))];
  return `<rect class="gap" x="${round(x(low))}" y="${round(from)}" width="${round(x(high) - x(low))}" height="${round(to - from)}" fill="#c44" fill-opacity="0.35"/>`;
}

function text(x: number, y: number, content: string, attributes = ''): string {
  const anchor = attributes.includes('text-anchor') ? '' : ' text-anchor="middle"';
  return `<text x="${round(x)}" y="${round(y)}"${anchor}${attributes ? ` ${attributes}` : ''}>${escaped(content)}</text>`;
}

const round = (value: number): number => Math.round(value * 100) / 100;

const escaped = (content: string): string => content.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
