import { encode, type Message } from './message.ts';
import { tfRecord } from './tf-record.ts';

/** What an event holds. The numbers are those of TensorFlow's event.proto. */
type What =
  | { readonly fileVersion: string }
  | { readonly summary: readonly Message[] }
  /** Everything at this step and later is void: the run has begun again there. */
  | { readonly sessionStart: true };

/** An event as a record of an event file. */
export function eventRecord(step: number, what: What): Uint8Array {
  const data = encode((event) => {
    event.double(1, Date.now() / 1000);
    event.integer(2, step);
    if ('fileVersion' in what) event.text(3, what.fileVersion);
    else if ('sessionStart' in what) event.message(7, (log) => log.integer(1, 1));
    else
      event.message(5, (summary) => {
        for (const value of what.summary) summary.message(1, value);
      });
  });
  return tfRecord(data);
}
