import { type OwnCode, ownCodes } from '@cantrip/errors';

type Code = 'RUN_LOG_BUSY' | 'RUN_LOG_INVALID' | 'RUN_LOG_NEWER' | 'RUN_LOG_READ' | 'RUN_LOG_WRITE';

/** The error codes of this package. */
export const codes: Readonly<Record<Code, OwnCode>> = ownCodes('run-log', {
  RUN_LOG_BUSY: 'Another process or another run writes its log to the same folder.',
  RUN_LOG_INVALID: 'A file of a run folder was changed or damaged. The message names file and line.',
  RUN_LOG_NEWER: 'A run folder was written by a newer release, in a format that this one does not know.',
  RUN_LOG_READ: 'A run folder is not there, or the system did not let it be read.',
  RUN_LOG_WRITE: 'The folder of a log cannot be created or written.',
});
