import { median } from '../measure/compare-times.ts';

/** The time of a step. A plugin gets it from `onStepEnd`. */
export interface StepTiming {
  readonly milliseconds: number;
  /** The part of the time that recording took; absent if the step was not recorded. */
  readonly recording?: { readonly milliseconds: number } | undefined;
}

/** Adds up the extra time of steps that were recorded or tuned. */
export interface ShapeTimes {
  add(signature: string, timing: StepTiming): void;
  /** The extra time in milliseconds. */
  lost(): number;
}

/** The steps of one shape. */
interface Steps {
  /** The steps that were recorded or tuned: the first step, and each step that was recorded again. */
  readonly costly: { count: number; milliseconds: number; recording: number };
  /** The times of the latest other steps. */
  readonly usual: number[];
}

/** The number of times that are kept for the median. */
const mostUsual = 31;

/** @param mostShapes - for later shapes, only the time of recording counts */
export function shapeTimes(mostShapes: number): ShapeTimes {
  const shapes = new Map<string, Steps>();
  let beyond = 0;
  return {
    add(signature, { milliseconds, recording }) {
      const known = shapes.get(signature);
      if (!known && shapes.size >= mostShapes) {
        beyond += recording?.milliseconds ?? 0;
        return;
      }
      const { costly, usual } = known ?? newSteps();
      if (known && !recording) {
        usual.push(milliseconds);
        if (usual.length > mostUsual) usual.shift();
        return;
      }
      costly.count += 1;
      costly.milliseconds += milliseconds;
      costly.recording += recording?.milliseconds ?? 0;
      shapes.set(signature, { costly, usual });
    },
    lost: () => [...shapes.values()].reduce((sum, steps) => sum + lostBy(steps), beyond),
  };
}

function newSteps(): Steps {
  return { costly: { count: 0, milliseconds: 0, recording: 0 }, usual: [] };
}

function lostBy({ costly, usual }: Steps): number {
  const { count, milliseconds, recording } = costly;
  return usual.length === 0 ? recording : Math.max(recording, milliseconds - count * median(usual));
}
