import { batchesPerEpoch } from '@cantrip/plugin-kit';
import type { BatchSource } from '../batch/batch-source.ts';
import type { Position } from '../contract/position.ts';
import type { LiveRun, RunLength } from '../run/live-run.ts';
import { batchesOfEpoch } from './remaining.ts';

/** Where a run ends: after so many epochs or steps. With both, at what comes first. */
export interface Until {
  /**
   * The number of epochs that the run has at the end, counted from its start. A restored run trains the missing ones.
   */
  readonly epochs?: number | undefined;
  /**
   * The number of steps that the run has at the end, counted from its start: updates of the optimizer. It may end in the
   * middle of an epoch, which a later `fit` completes. With `epochs` too, the run ends at what comes first.
   */
  readonly steps?: number | undefined;
}

/** Where a run ends, with Infinity for what was not given. */
export function untilOf({ epochs = Infinity, steps = Infinity }: Until): {
  readonly steps: number;
  over(position: Readonly<Position>): boolean;
} {
  return { steps, over: ({ epoch, step }) => epoch >= epochs || step >= steps };
}

/**
 * The length of a run: the completed steps, the rest of the current epoch, and the later epochs. A run that ends in the
 * middle of an epoch counts that epoch.
 */
export function lengthOf(
  { position, recipe, data }: Pick<LiveRun, 'position' | 'recipe' | 'data'>,
  source: BatchSource,
  { epochs = Infinity, steps = Infinity }: Until,
): RunLength {
  const { epoch, step } = position;
  const stepsPerEpoch = stepsIn(batchesPerEpoch(source), recipe);
  const rest = stepsIn(batchesOfEpoch(source, position, data) - position.batch, recipe);
  const beyond = Math.max(0, steps - step - rest);
  const begun = Math.min(epochs, step < steps ? epoch + 1 + Math.ceil(beyond / stepsPerEpoch) : Infinity);
  const last = Number.isFinite(begun) ? begun : epoch + (position.batch > 0 ? 1 : 0);
  if (epoch >= last || step >= steps) return { epochs: last, stepsPerEpoch, totalSteps: step };
  const whole = step + rest + (last - epoch - 1) * stepsPerEpoch;
  return { epochs: last, stepsPerEpoch, totalSteps: Math.min(steps, whole) };
}

/** The steps of so many batches of one epoch; the last step may have fewer batches than the others. */
export const stepsIn = (batches: number, { batchesPerStep = 1 }: LiveRun['recipe']): number =>
  Math.ceil(batches / batchesPerStep);

/** Logs that a run already has all its epochs or steps. A history without epochs would look like a mistake. */
export function nothingLeft(
  { position, options }: Pick<LiveRun, 'position' | 'options'>,
  { epochs, steps }: Until,
): string | undefined {
  const done = { epochs: position.epoch, steps: position.step };
  const what = (['epochs', 'steps'] as const).find(
    (name) => done[name] >= ({ epochs, steps }[name] ?? Infinity),
  );
  if (!what) return undefined;
  const said = `no ${what} are left: ${done[what]} ${what} are done, and ${what} is ${{ epochs, steps }[what]}`;
  options.log(`[trainer] ${said}; ${what} are counted from the start of the run.`);
  return said;
}

/** What the log says of a run that ended in the middle of an epoch, as it was asked to. */
export function allStepsDone(
  { batch, step }: Readonly<Position>,
  { steps = Infinity }: Until,
): string | undefined {
  if (batch === 0 || step < steps) return undefined;
  return `all ${step.toLocaleString('en')} steps are done`;
}
