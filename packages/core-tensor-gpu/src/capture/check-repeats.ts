import type { NativeBackend } from '../native/upstream/upstream.ts';
import type { Feed } from './feeds.ts';
import { doTheSame, type RecordOptions, type StepFunction, traceStep } from './record-step.ts';
import type { Witness } from './recorder-contract.ts';
import { leavesSomething, type Recording } from './recording.ts';
import type { Tree } from './trees/trees.ts';
import { keepsState, varies } from './refusals.ts';

/** Two runs may be equal by chance, e.g. if the step draws one bit. */
const attempts = 8;

type Compared = Pick<Recording, 'fingerprint' | 'inputs' | 'leavings'>;

/**
 * Runs a recorded step again and compares. A difference means that the recording has frozen something that changes
 * on the host: random numbers, a counter, the time, or a kept tensor. The run changes no variable.
 *
 * @throws CantripError CAPTURE_VARIES, thrown at the op that differs, so that the responsible hook or layer can be
 *   named; CAPTURE_STATE
 */
export function checkRepeats(
  backend: NativeBackend,
  step: StepFunction,
  feeds: Tree<Feed>,
  options: RecordOptions,
  recording: Compared,
): void {
  const run = (witness: Witness): Compared =>
    traceStep(backend, step, feeds, { ...options, witness }, (traced) => traced);
  const seen: string[] = [];
  const again = run((what, content) => void seen.push(`${what} ${content}`));
  if (leavesSomething(again)) throw keepsState(again.leavings);
  if (doTheSame(again, recording)) return;
  // The first run created the optimizer's variables, so only the second and later runs show where the step varies.
  for (let attempt = 0; attempt < attempts; attempt++) {
    let next = 0;
    run((what, content) => {
      if (seen[next++] !== `${what} ${content}`) throw varies(what);
    });
  }
  throw varies('something');
}
