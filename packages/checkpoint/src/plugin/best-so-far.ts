import { type Measured, watchedFigure } from '@cantrip/plugin-kit';
import type { BestFigure } from './checkpoint-options.ts';

/** The best moment so far. Plain data, a part of the plugin's state. */
export interface Best extends BestFigure {
  readonly value: number;
  /** The steps that were done then. */
  readonly step: number;
}

/**
 * Compares the figure of an epoch, or of a validation within one, with the best one so far. NaN is never better, and an equal figure is not.
 *
 * @param before - is ignored if it is of another figure
 * @returns the new best; undefined if this is none, or if the figure is not measured here
 * @throws CantripError OPTION_INVALID if the run does not have the figure
 */
export function bestOf(
  figure: BestFigure,
  measured: Measured & { readonly step: number },
  before: Best | undefined,
): Best | undefined {
  const { metric, mode } = figure;
  const value = watchedFigure('checkpoint', 'best.metric', metric, measured);
  if (value === undefined) return undefined;
  const known = before?.metric === metric && before.mode === mode ? before.value : undefined;
  const isBetter =
    known === undefined ? !Number.isNaN(value) : mode === 'min' ? value < known : value > known;
  return isBetter ? { metric, mode, value, step: measured.step } : undefined;
}
