import { CantripError } from '@cantrip/errors';
import type { Leavings, Place } from './recording.ts';

/** Says whose code it was, where that is known. */
const at = (place: Place | undefined, what: string): { readonly who: string; readonly what: string } =>
  place ? { who: place.who, what: `in ${place.within}, ${what}` } : { who: 'capture', what };

/** The error of a step that does something else when it runs again. */
export function varies(what: string, place?: Place): CantripError {
  return new CantripError('CAPTURE_VARIES', {
    ...at(
      place,
      `${what} is not the same when the step runs again, but the step is recorded once and replayed`,
    ),
    fix: 'Draw with random(stream) of the step, and feed a number that changes (in a trainer: scheduleScalars)',
  });
}

/** The error of a step that leaves a tensor behind at each run. */
export function keepsState({ first }: Leavings): CantripError {
  const what = first
    ? `the step keeps a tensor of shape [${first.shape.join(', ')}] that it makes anew each time it runs`
    : 'the step disposes of a tensor that it did not make';
  return new CantripError('CAPTURE_STATE', {
    ...at(first?.place, `${what}, but the step is recorded once and replayed`),
    fix: 'Keep state in a variable that the step assigns, or run the step op by op (capture: false)',
  });
}
