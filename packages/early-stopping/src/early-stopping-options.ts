import { CantripError, parseOptions, schemaOf } from '@cantrip/errors';
import { type Length, periodCheck } from '@cantrip/plugin-kit';
import * as v from 'valibot';
import { ruleEntries, type StoppingRule } from './judge-figure.ts';

export interface EarlyStoppingOptions {
  /** The name of a figure of an epoch; `validation_loss` by default. */
  readonly monitor?: string;
  /** Whether less is better (`min`) or more (`max`). `min` by default for a loss; any other figure needs it. */
  readonly mode?: 'min' | 'max' | undefined;
  /**
   * How often the training loss is checked, for `monitor: 'loss'` alone: a number of steps, `'0.5ep'` or `'10%'`. The figure is
   * the mean since the last check. By default the figures of each epoch are checked.
   */
  readonly every?: Length | undefined;
  /** Training stops after this many epochs, or checks within them, in a row without improvement; at least 1, 3 by default. */
  readonly patience?: number;
  /** The amount by which a figure must be better than the best one; at least 0, 0 by default. */
  readonly minDelta?: number;
  /** A figure must be better than this too, or it does not end the waiting; by default there is none. */
  readonly baseline?: number | undefined;
  /** The first epoch that counts, from 0; 0 by default. */
  readonly startEpoch?: number;
  /** Whether the model has the weights of the best epoch after `fit`; true by default. */
  readonly restoreBest?: boolean;
}

const periodSchema: v.GenericSchema<Length> = schemaOf(periodCheck);

const schema = v.strictObject({
  ...ruleEntries,
  monitor: v.optional(v.pipe(v.string(), v.nonEmpty()), 'validation_loss'),
  mode: v.optional(v.picklist(['min', 'max'])),
  every: v.optional(periodSchema),
  patience: v.optional(ruleEntries.patience, 3),
  startEpoch: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0)), 0),
  restoreBest: v.optional(v.boolean(), true),
});

/** The options with defaults. */
export type ReadEarlyStopping = StoppingRule &
  Readonly<Record<'monitor', string> & Record<'startEpoch', number> & Record<'restoreBest', boolean>> & {
    readonly every?: Length | undefined;
  };

/** @throws CantripError OPTION_INVALID */
export function readEarlyStoppingOptions(options: EarlyStoppingOptions): ReadEarlyStopping {
  const { mode, ...rest } = parseOptions('earlyStopping', schema, options);
  if (mode === undefined && !/(^|_)loss$/.test(rest.monitor)) throw noMode(rest.monitor);
  if (rest.every !== undefined && rest.monitor !== 'loss') throw onlyOfEpochs(rest.monitor);
  return { ...rest, mode: mode ?? 'min' };
}

/** A guess that is wrong would keep the worst weights. */
function noMode(monitor: string): CantripError {
  return new CantripError('OPTION_INVALID', {
    who: 'earlyStopping',
    what: `mode must be 'min' or 'max' for the figure ${monitor}, which is not a loss, but it is absent`,
    fix: `Write mode: 'max' if more is better`,
  });
}

function onlyOfEpochs(monitor: string): CantripError {
  return new CantripError('OPTION_INVALID', {
    who: 'earlyStopping',
    what: `every needs the monitor 'loss', and monitor is '${monitor}', which there is once an epoch`,
    fix: `Set monitor: 'loss', or remove every`,
  });
}
