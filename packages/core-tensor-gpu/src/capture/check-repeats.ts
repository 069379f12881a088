import { CantripError, isCantripError } from '@cantrip/errors';
import type { NativeBackend } from '../native/upstream/upstream.ts';
import type { Feed } from './feeds.ts';
import {
  type Recording,
  type RecordOptions,
  type StepFunction,
  takeTheSame,
  traceStep,
} from './record-step.ts';
import type { Witness } from './recorder.ts';
import type { Tree } from './trees.ts';

/** Two runs may agree by chance, e.g. where one bit is drawn. */
const attempts = 8;

/**
 * Runs a step that was recorded once more, and compares: what differs from run to run on the host (numbers of a random
 * generator of its own, a counter, the time) was fixed in the recording. Nothing that the run does has an effect.
 *
 * @throws CantripError CAPTURE_VARIES from where the step differs, so that whoever runs there can be named
 */
export function checkRepeats(
  backend: NativeBackend,
  step: StepFunction,
  feeds: Tree<Feed>,
  options: RecordOptions,
  recording: Pick<Recording, 'fingerprint' | 'inputs'>,
): void {
  const run = (witness: Witness): Pick<Recording, 'fingerprint' | 'inputs'> =>
    traceStep(backend, step, feeds, { ...options, witness }, (traced) => traced);
  const seen: string[] = [];
  const again = unlessKept(() => run((what, content) => void seen.push(`${what} ${content}`)));
  if (again === undefined) return;
  if (again.fingerprint === recording.fingerprint && takeTheSame(again, recording)) return;
  // The first run made the optimizer's variables, so the place is where the second and later ones part.
  for (let attempt = 0; attempt < attempts; attempt++) {
    let next = 0;
    run((what, content) => {
      if (seen[next++] !== `${what} ${content}`) throw varies(what);
    });
  }
  throw varies('something');
}

/** A step that keeps a tensor from its first run can't run again, and so can't be compared. */
function unlessKept<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (isCantripError(error) && error.code === 'CAPTURE_SYMBOLIC') return undefined;
    throw error;
  }
}

function varies(what: string): CantripError {
  return new CantripError('CAPTURE_VARIES', {
    who: 'capture',
    what: `${what} is not the same when the step runs again, but the step is recorded once and replayed`,
    fix: 'Draw with random(stream) of the step, and feed a number that changes (in a trainer: scheduleScalars)',
  });
}
