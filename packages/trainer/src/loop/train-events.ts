import { CantripError } from '@cantrip/errors';
import type { Logs, StepEnd } from '../contract/contexts.ts';

/** A step is done: one update of the optimizer. */
export interface StepEvent extends Pick<StepEnd, 'learningRate' | 'milliseconds' | 'loss' | 'weight'> {
  readonly kind: 'step';
  /** Completed epochs. */
  readonly epoch: number;
  /** Completed steps, this one included. */
  readonly step: number;
}

/** An epoch is done, with its validation. */
export interface EpochEvent {
  readonly kind: 'epoch';
  /** Completed epochs, this one included. */
  readonly epoch: number;
  readonly step: number;
  readonly logs: Logs;
}

/** A validation within an epoch is done, see the option `validateEvery` of `fit`. */
export interface ValidationEvent {
  readonly kind: 'validation';
  /** Completed epochs. */
  readonly epoch: number;
  readonly step: number;
  readonly logs: Logs;
}

/** What `trainer.train` yields. */
export type TrainEvent = StepEvent | ValidationEvent | EpochEvent;

/** Passes an event on, and waits until the loop asks for the next one. */
export type Tell = (event: TrainEvent) => Promise<void>;

/**
 * Turns a `fit` that tells of events into a loop. Nothing is trained while the loop's body runs. If the loop is left
 * early, the `fit` ends as after a stop.
 *
 * @param begin - begins the `fit`, with a signal that ends it after the current step
 */
export async function* eventsOf<Result>(
  begin: (tell: Tell, left: AbortSignal) => Promise<Result>,
): AsyncGenerator<TrainEvent, Result, undefined> {
  const leaving = new AbortController();
  let told = deferred<TrainEvent>();
  let goOn = (): void => undefined;
  let finished = false;
  const tell: Tell = (event) => {
    if (leaving.signal.aborted) return Promise.resolve();
    const asked = new Promise<void>((resolve) => (goOn = resolve));
    told.resolve(event);
    return asked;
  };
  const fitting = begin(tell, leaving.signal).finally(() => (finished = true));
  // It is awaited below. Until then, its failure is not unhandled.
  const ended = fitting.then(
    () => undefined,
    () => undefined,
  );
  try {
    for (;;) {
      const event = await Promise.race([told.promise, ended]);
      if (event === undefined) return await fitting;
      told = deferred();
      yield event;
      goOn();
    }
  } finally {
    if (!finished) {
      leaving.abort('the loop was left');
      goOn();
      await fitting;
    }
  }
}

/** A step's numbers are on the device until the next event. */
export function untilNext(event: StepEvent, isOver: () => boolean): StepEvent {
  const guarded = (name: 'loss' | 'weight') => (): Promise<number> => {
    if (!isOver()) return event[name]();
    return Promise.reject(
      new CantripError('OPTION_INVALID', {
        who: 'train',
        what: `${name}() of step ${event.step} must be called before the loop goes on, but was called later`,
        fix: `Write const ${name} = await event.${name}() in the loop`,
      }),
    );
  };
  return { ...event, loss: guarded('loss'), weight: guarded('weight') };
}

interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
}

function deferred<T>(): Deferred<T> {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((take) => (resolve = take));
  return { promise, resolve };
}
