import { CantripError } from '@cantrip/errors';
import type { ChangedValues } from './host/note-values.ts';
import type { Place } from './host/own-values.ts';
import type { Leavings } from './recording.ts';

/** Adds whose code it was, if known. */
const at = (place: Place | undefined, what: string): { readonly who: string; readonly what: string } =>
  place ? { who: place.who, what: `in ${place.within}, ${what}` } : { who: 'capture', what };

/** The error of a step that changed after a number of equal calls. */
export function variesSince(calls: number, what: string, place?: Place): CantripError {
  const wrong = calls === 1 ? 'its last call' : `its last ${calls} calls`;
  return new CantripError('CAPTURE_VARIES', {
    ...at(place, `${what} has changed since the step was recorded, and ${wrong} may have used the old value`),
    fix: 'Feed a number that changes (in a trainer: scheduleScalars), record the step again when it changes (run.restructure()), or run op by op (capture: false)',
  });
}

/** The error of a step that computes something else at its second run. */
export function varies(what: string, place?: Place): CantripError {
  return new CantripError('CAPTURE_VARIES', {
    ...at(place, `${what} differs when the step runs again, but the step is recorded once and replayed`),
    fix: 'Draw random numbers with random(stream) of the step, or feed a number that changes (in a trainer: scheduleScalars)',
  });
}

/** The error of a step that keeps or disposes a tensor at each run. */
export function keepsState({ first, changed }: Leavings): CantripError {
  if (!first && changed) return changesItself(changed);
  const what = first
    ? `the step keeps a new tensor of shape [${first.shape.join(', ')}] at each run`
    : 'the step disposes a tensor that it did not create';
  return new CantripError('CAPTURE_STATE', {
    ...at(first?.place, `${what}, but the step is recorded once and replayed`),
    fix: 'Keep state in a variable that the step assigns, or run the step op by op (capture: false)',
  });
}

function changesItself({ place, name }: ChangedValues): CantripError {
  return new CantripError('CAPTURE_STATE', {
    ...at(
      place,
      `the step changes ${name ?? 'a number or a text of its own'} at each run, but it is recorded once and replayed`,
    ),
    fix: 'Feed a number that changes (in a trainer: scheduleScalars), count in an on… hook, or run op by op (capture: false)',
  });
}

/** @param kernel - the kernel that reads; undefined if the step's own code does */
export function refuseRead(kernel: string | undefined): never {
  if (kernel !== undefined) {
    throw new CantripError('CAPTURE_READ', {
      who: 'capture',
      what: `the kernel ${kernel} reads the value of a tensor, but tensors have no values while the step is recorded`,
      fix: 'Use other ops, or run the step op by op (capture: false)',
    });
  }
  throw new CantripError('HOOK_READ_VALUE', {
    who: 'capture',
    what: 'the step reads the value of a tensor, but tensors have no values while the step is recorded',
    fix: 'Compute with tensors instead of numbers',
  });
}

export function refuseKept(): CantripError {
  return new CantripError('CAPTURE_SYMBOLIC', {
    who: 'capture',
    what: 'the step uses a tensor that it kept from an earlier recording; that tensor has no value',
    fix: 'Create the tensor before the first step, or make it a variable',
  });
}

export function refuseUnseen(op: string): never {
  throw new CantripError('CAPTURE_SYMBOLIC', {
    who: 'capture',
    what: `${op} got a tensor from before the recording by its number only`,
    fix: 'Pass the tensor to the step as an input',
  });
}

export function closedDevice(): CantripError {
  return new CantripError('DEVICE_CLOSED', {
    who: 'captureStep',
    what: 'the device that the step was captured on was closed, and the values on it are lost',
    fix: "Capture the step again, and use only one of 'cuda' and 'tensorflow' in a process",
  });
}

export function stepBusy(): CantripError {
  return new CantripError('STEP_BUSY', {
    who: 'captureStep',
    what: 'runSync was called during a call of run, and both may change the same variables',
    fix: 'Await run first',
  });
}
