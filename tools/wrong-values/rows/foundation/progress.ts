import { options, type Rows } from '../../row.ts';
import { flag, optional, optionalOptions, text } from '../../rules.ts';

/** Every export of the package. */
export const progressRows: Rows = {
  progress: {
    right: () => [{ label: 'tuning', bar: false, secondsBetweenLines: 10, stream: process.stdout }],
    legal: [
      options(
        {
          label: optional(text),
          bar: optional(flag),
          secondsBetweenLines: optional((value) => Number.isFinite(value) && (value as number) > 0),
          stream: optional(() => false),
        },
        optionalOptions,
      ),
    ],
  },
};
