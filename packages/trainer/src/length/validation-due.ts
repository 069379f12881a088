import { exactSteps, isDue, type Length } from '@cantrip/plugin-kit';
import type { LiveRun, RunLength } from '../run/live-run.ts';
import { stepsIn } from './run-length.ts';

/** A place at the end of a step, for the question whether a validation is due. */
export interface EndOfStep extends Pick<RunLength, 'totalSteps'> {
  /** The epochs that were completed before this step. */
  readonly epoch: number;
  /** The steps of the run so far. */
  readonly step: number;
  /** The steps of this epoch so far. */
  readonly stepOfEpoch: number;
  /** The steps that this epoch has in all. */
  readonly stepsOfEpoch: number;
}

/**
 * Whether a validation follows a step. A number counts the steps of the run, whatever the epochs are. Parts of epochs count within
 * each epoch, so the end of an epoch is a multiple of them in every one.
 *
 * @param every - undefined: at the end of each epoch
 */
export function isValidationDue(every: Length | undefined, at: EndOfStep): boolean {
  const { epoch, step, stepOfEpoch, stepsOfEpoch } = at;
  const epochs = every === undefined ? 1 : inEpochs(every);
  if (epochs === undefined)
    return isDue(step, exactSteps('fit', every!, { ...at, stepsPerEpoch: stepsOfEpoch }));
  if (Number.isInteger(epochs)) return stepOfEpoch === stepsOfEpoch && (epoch + 1) % epochs === 0;
  return isDue(epoch * stepsOfEpoch + stepOfEpoch, epochs * stepsOfEpoch);
}

const inEpochs = (every: Length): number | undefined =>
  typeof every === 'string' && every.endsWith('ep') ? Number.parseFloat(every) : undefined;

/** The place of a run after its last step. */
export function endOfStep(
  { position, recipe }: Pick<LiveRun, 'position' | 'recipe'>,
  batches: number,
  { totalSteps }: RunLength,
): EndOfStep {
  const { epoch, step, batch } = position;
  const [stepOfEpoch, stepsOfEpoch] = [stepsIn(batch, recipe), stepsIn(batches, recipe)];
  return { epoch, step, totalSteps, stepOfEpoch, stepsOfEpoch };
}
