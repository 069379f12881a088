import { median } from '../measure/compare-times.ts';

/** How long a step took; a plugin has it from `onStepEnd`. */
export interface StepTiming {
  readonly milliseconds: number;
  /** Present where the step was recorded anew: how long that took of it. */
  readonly recording?: { readonly milliseconds: number } | undefined;
}

/** Adds up what steps cost beyond what they cost once they have been recorded and tuned. */
export interface ShapeTimes {
  add(signature: string, timing: StepTiming): void;
  /** Milliseconds. */
  lost(): number;
}

/** The steps of one shape. */
interface Steps {
  /** Those that were recorded or tuned: the first, and each that was recorded anew. */
  readonly costly: { count: number; milliseconds: number; recording: number };
  /** The latest of the others. */
  readonly usual: number[];
}

/** A median needs no more. */
const mostUsual = 31;

/** @param mostShapes - of any more, recording alone is counted */
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
