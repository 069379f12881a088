import { type OwnCode, ownCodes } from '@cantrip/errors';

type Code = 'CLI_CONFIG' | 'CLI_PACKAGE' | 'CLI_PARAMETER' | 'CLI_PATH';

/** The error codes of this package. */
export const codes: Readonly<Record<Code, OwnCode>> = ownCodes('cli', {
  CLI_CONFIG: 'A config cannot be read, has a syntax error, or does not export what the command needs.',
  CLI_PACKAGE: 'The command needs a package that the project of the config does not have.',
  CLI_PARAMETER:
    'An argument such as `--set name=value` names an unknown parameter, or its value has a wrong type.',
  CLI_PATH: 'A file or folder that an argument names is missing, in the way, or cannot be written.',
});
