import type { NativeBackend } from '../native/upstream/upstream.ts';
import type { Feed } from './feeds.ts';
import { doTheSame, type RecordOptions, type StepFunction, traceStep } from './record-step.ts';
import type { Witness } from './recorder.ts';
import { leavesSomething, type Recording } from './recording.ts';
import type { Tree } from './trees/trees.ts';
import { keepsState, varies } from './refusals.ts';

/** Two runs may agree by chance, e.g. where one bit is drawn. */
const attempts = 8;

type Compared = Pick<Recording, 'fingerprint' | 'inputs' | 'leavings'>;

/**
 * Runs a step that was recorded once more, and compares: what differs from run to run on the host (numbers of a random
 * generator of its own, a counter, the time, a tensor that it keeps) was fixed in the recording. Nothing that the run
 * does has an effect on a variable.
 *
 * @throws CantripError CAPTURE_VARIES from where the step differs, so that whoever runs there can be named; CAPTURE_STATE
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
  // The first run made the optimizer's variables, so the place is where the second and later ones part.
  for (let attempt = 0; attempt < attempts; attempt++) {
    let next = 0;
    run((what, content) => {
      if (seen[next++] !== `${what} ${content}`) throw varies(what);
    });
  }
  throw varies('something');
}
