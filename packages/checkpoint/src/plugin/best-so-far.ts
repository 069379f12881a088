import { figureOf } from '@cantrip/plugin-kit';
import type { Logs } from '@cantrip/trainer';
import type { BestFigure } from './checkpoint-options.ts';

/** The best epoch so far. Plain data, a part of the plugin's state. */
export interface Best extends BestFigure {
  readonly value: number;
  /** The steps that were done then. */
  readonly step: number;
}

/**
 * Compares the figure of an epoch with the best one so far. NaN is never better, and an equal figure is not.
 *
 * @param before - is ignored if it is of another figure
 * @returns the new best, or undefined if the epoch is none
 * @throws CantripError OPTION_INVALID if the logs do not have the figure
 */
export function bestOf(
  figure: BestFigure,
  { logs, step }: { readonly logs: Logs; readonly step: number },
  before: Best | undefined,
): Best | undefined {
  const { metric, mode } = figure;
  const value = figureOf('checkpoint', 'best.metric', logs, metric);
  const known = before?.metric === metric && before.mode === mode ? before.value : undefined;
  const isBetter =
    known === undefined ? !Number.isNaN(value) : mode === 'min' ? value < known : value > known;
  return isBetter ? { metric, mode, value, step } : undefined;
}
