import { shortNumber, shortTime } from '@cantrip/plugin-kit';
import { columnsOf } from './columns-of.ts';

/** How far an epoch is. */
export interface EpochProgress {
  readonly label: string;
  /** Counted from 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Steps of this epoch that are done, and in all. */
  readonly done: number;
  readonly steps: number;
  /** The loss and the metrics of the epoch so far. */
  readonly logs: Readonly<Record<string, number>>;
  readonly learningRate: number | undefined;
  readonly examplesPerSecond: number | undefined;
  readonly secondsLeft: number | undefined;
  /** While validation runs. */
  readonly validating: Validating | undefined;
}

export interface Validating {
  /** The name of the data, if there are several. */
  readonly name: string;
  /** Batches that are done, and in all. */
  readonly done: number;
  readonly batches: number;
}

/** The bar and what stands beside it, in fewer than this many columns. What has no room at its end is left out. */
export function barText(now: EpochProgress, columns: number): string {
  const width = columns < 48 ? 0 : Math.max(8, Math.min(24, columns - 90));
  const full = Math.round(shareOf(now) * width);
  const bar = '█'.repeat(full) + '░'.repeat(width - full);
  return fitting([beginning(now), bar, ...figures(now)], columns);
}

/** The same without a bar, for a line of a log. */
export const lineText = (now: EpochProgress): string =>
  [beginning(now), ...figures(now)].filter(Boolean).join('  ');

/** Of the validation while it runs, otherwise of the steps. */
function shareOf({ done, steps, validating }: EpochProgress): number {
  const [part, all] = validating ? [validating.done, validating.batches] : [done, steps];
  return all > 0 ? Math.min(1, part / all) : 0;
}

const beginning = ({ label, epoch, epochs }: EpochProgress): string =>
  `${label === '' ? '' : `${label}, `}epoch ${epoch}/${epochs}`;

function figures(now: EpochProgress): string[] {
  const { done, steps, logs, learningRate, examplesPerSecond, secondsLeft, validating } = now;
  const { loss, ...metrics } = logs;
  const isThere = (value: number | undefined): value is number => Number.isFinite(value);
  const figure = (name: string, value: number | undefined): string =>
    isThere(value) ? `${name} ${shortNumber(value)}` : '';
  return [
    validating
      ? `validating ${validating.name === '' ? '' : `${validating.name} `}${validating.done}/${validating.batches}`
      : `${Math.floor(100 * shareOf(now))}% ${done}/${steps}`,
    figure('loss', loss),
    !validating && isThere(secondsLeft) ? `${shortTime(secondsLeft)} left` : '',
    ...Object.entries(metrics).map(([name, value]) => figure(name, value)),
    figure('learning rate', learningRate),
    isThere(examplesPerSecond) ? `${shortNumber(examplesPerSecond)} examples/s` : '',
  ];
}

/** The last parts are left out first, so that no part comes and goes. A first part that is too long is cut where it is drawn. */
function fitting([first, ...parts]: readonly string[], columns: number): string {
  let text = first!;
  for (const part of parts) {
    const longer = part === '' ? text : `${text}  ${part}`;
    if (columnsOf(longer) >= columns) break;
    text = longer;
  }
  return text;
}
