import { type OwnCode, ownCodes } from '@cantrip/errors';

type Code =
  'CREATE_CANTRIP_ARGUMENT' | 'CREATE_CANTRIP_DATA' | 'CREATE_CANTRIP_FOLDER' | 'CREATE_CANTRIP_NAME';

/** The error codes of this package. */
export const codes: Readonly<Record<Code, OwnCode>> = ownCodes('create-cantrip', {
  CREATE_CANTRIP_ARGUMENT:
    'npm kept an option of `npm create cantrip` for itself, because `--` is missing before it.',
  CREATE_CANTRIP_DATA:
    'A project cannot train on the data that were named: of another kind, too few, or without a column to predict.',
  CREATE_CANTRIP_FOLDER: 'The folder of a new project is not empty, is a file, or cannot be written.',
  CREATE_CANTRIP_NAME: 'The name of the folder cannot be the name of a package.',
});

/** Whom errors name. */
export const who = 'create-cantrip';
