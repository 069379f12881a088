import { shortNumber, shortTime } from '@cantrip/plugin-kit';

/** How far an epoch is. */
export interface EpochProgress {
  readonly label: string;
  /** Counted from 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Steps of this epoch that are done, and in all. */
  readonly done: number;
  readonly steps: number;
  readonly loss: number | undefined;
  readonly learningRate: number | undefined;
  readonly examplesPerSecond: number | undefined;
  readonly secondsLeft: number | undefined;
  readonly validating: boolean;
}

/** The bar and what stands beside it, in this many columns. The last parts are left out first. */
export function barText(now: EpochProgress, columns: number): string {
  const share = now.steps > 0 ? Math.min(1, now.done / now.steps) : 0;
  const width = Math.max(0, Math.min(24, columns - 40));
  const full = Math.round(share * width);
  const bar = '█'.repeat(full) + '░'.repeat(width - full);
  return fitting([...beginning(now), bar, ...figures(now, share)], columns);
}

/** The same without a bar, for a line of a log. */
export function lineText(now: EpochProgress): string {
  const share = now.steps > 0 ? Math.min(1, now.done / now.steps) : 0;
  return [...beginning(now), ...figures(now, share)].join('  ');
}

const beginning = ({ label, epoch, epochs }: EpochProgress): string[] => [
  `${label === '' ? '' : `${label}, `}epoch ${epoch}/${epochs}`,
];

function figures(now: EpochProgress, share: number): string[] {
  const { done, steps, loss, learningRate, examplesPerSecond, secondsLeft, validating } = now;
  const isThere = (value: number | undefined): value is number => Number.isFinite(value);
  return [
    validating ? 'validating' : `${Math.floor(100 * share)}% ${done}/${steps}`,
    isThere(loss) ? `loss ${shortNumber(loss)}` : '',
    !validating && isThere(secondsLeft) ? `${shortTime(secondsLeft)} left` : '',
    isThere(learningRate) ? `learning rate ${shortNumber(learningRate)}` : '',
    isThere(examplesPerSecond) ? `${shortNumber(examplesPerSecond)} examples/s` : '',
  ];
}

function fitting(parts: readonly string[], columns: number): string {
  return parts
    .filter((part) => part !== '')
    .reduce((text, part) => {
      const longer = text === '' ? part : `${text}  ${part}`;
      return [...longer].length < columns ? longer : text;
    }, '');
}
