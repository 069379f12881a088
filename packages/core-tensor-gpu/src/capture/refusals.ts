import { CantripError } from '@cantrip/errors';
import type { ChangedValues, Place } from './host/own-values.ts';
import type { Leavings } from './recording.ts';

/** Says whose code it was, where that is known. */
const at = (place: Place | undefined, what: string): { readonly who: string; readonly what: string } =>
  place ? { who: place.who, what: `in ${place.within}, ${what}` } : { who: 'capture', what };

/** The error of a step that does something else when it runs again after calls that were thought to do the same. */
export function variesSince(calls: number, what: string, place?: Place): CantripError {
  const wrong = calls === 1 ? 'its last call' : `its last ${calls} calls`;
  return new CantripError('CAPTURE_VARIES', {
    ...at(
      place,
      `${what} is not what it was when the step was recorded, and ${wrong} may have used what it was`,
    ),
    fix: 'Feed a number that changes (in a trainer: scheduleScalars), record anew where it changes (run.restructure()), or run op by op (capture: false)',
  });
}

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
export function keepsState({ first, changed }: Leavings): CantripError {
  if (!first && changed) return changesItself(changed);
  const what = first
    ? `the step keeps a tensor of shape [${first.shape.join(', ')}] that it makes anew each time it runs`
    : 'the step disposes of a tensor that it did not make';
  return new CantripError('CAPTURE_STATE', {
    ...at(first?.place, `${what}, but the step is recorded once and replayed`),
    fix: 'Keep state in a variable that the step assigns, or run the step op by op (capture: false)',
  });
}

function changesItself({ place, name }: ChangedValues): CantripError {
  return new CantripError('CAPTURE_STATE', {
    ...at(
      place,
      `the step changes ${name ?? 'a number or a text of its own'} each time it runs, but it is recorded once and replayed`,
    ),
    fix: 'Feed a number that changes (in a trainer: scheduleScalars), count in an on… hook, or run op by op (capture: false)',
  });
}

/** @param kernel - that reads; without it the step's own code does */
export function refuseRead(kernel: string | undefined): never {
  if (kernel !== undefined) {
    throw new CantripError('CAPTURE_READ', {
      who: 'capture',
      what: `the kernel ${kernel} reads the value of a tensor, which has none while the step is recorded`,
      fix: 'Compute it by other ops, or run the step op by op (capture: false)',
    });
  }
  throw new CantripError('HOOK_READ_VALUE', {
    who: 'capture',
    what: 'the step reads the value of a tensor, which has none while the step is recorded',
    fix: 'Compute with tensors instead of numbers',
  });
}

export function refuseKept(): CantripError {
  return new CantripError('CAPTURE_SYMBOLIC', {
    who: 'capture',
    what: 'the step uses a tensor that it made, and kept, when it was recorded before; it has no value',
    fix: 'Make the tensor before the first step, or make it a variable',
  });
}

export function refuseUnseen(op: string): never {
  throw new CantripError('CAPTURE_SYMBOLIC', {
    who: 'capture',
    what: `${op} was given a tensor by its number alone, from before the recording`,
    fix: 'Give it to the step as an input',
  });
}

export function closedDevice(): CantripError {
  return new CantripError('DEVICE_CLOSED', {
    who: 'captureStep',
    what: 'the device that the step was captured on was closed, and the values on it are gone',
    fix: "Capture the step anew, and use one of 'cuda' and 'tensorflow' in a process",
  });
}

export function stepBusy(): CantripError {
  return new CantripError('STEP_BUSY', {
    who: 'captureStep',
    what: 'runSync was called while run is under way, and both may change the same variables',
    fix: 'Await run first',
  });
}
