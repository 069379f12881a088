import { atLeast, type Check, integerIn, optional, readOptions } from '@cantrip/errors';

export interface ProfileOptions {
  /** The number of steps that are measured; 10 by default. */
  readonly steps?: number | undefined;
  /** The number of steps before them, which are not measured; 3 by default. */
  readonly warmUp?: number | undefined;
  /** A run folder: the profile is written to `profile.json` in it. The folder is made if it does not exist. */
  readonly folder?: string | undefined;
}

/** The options with their defaults. */
export interface CheckedProfile {
  readonly steps: number;
  readonly warmUp: number;
  readonly folder: string | undefined;
}

const pathCheck: Check<string> = (value) =>
  typeof value === 'string' && value !== '' ? undefined : 'must be a path';

export function readProfileOptions(options: ProfileOptions): CheckedProfile {
  return readOptions(
    'profileSteps',
    {
      steps: optional(integerIn(atLeast(1)), 10),
      warmUp: optional(integerIn(atLeast(0)), 3),
      folder: optional(pathCheck),
    },
    options,
  );
}
