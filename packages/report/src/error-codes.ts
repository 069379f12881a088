import { type OwnCode, ownCodes } from '@cantrip/errors';

type Code = 'REPORT_NO_RUN';

/** The error codes of this package. */
export const codes: Readonly<Record<Code, OwnCode>> = ownCodes('report', {
  REPORT_NO_RUN: 'A folder that a report was asked for is no run folder, and holds none.',
});
