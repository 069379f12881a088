import { inEmptyFolder } from '../../in-empty-folder.ts';
import { options, type Rows } from '../../row.ts';
import { flag, integer, name, optional, plain } from '../../rules.ts';

/** Every export of the package. */
export const runLogRows: Rows = {
  readPredictions: { right: () => ['none'], legal: [name] },
  readProfile: { right: () => ['none'], legal: [name] },
  readRunLog: {
    right: () => ['none'],
    legal: [name],
    endsIn: 'is no run folder',
    who: ['run-log'],
    call: (readRunLog, args) =>
      inEmptyFolder(() => (readRunLog as (...given: readonly unknown[]) => unknown)(...args)),
  },
  runLog: {
    right: () => [{ folder: 'runs/first', every: 10 }],
    legal: [
      options({
        folder: name,
        every: optional(integer({ min: 1 })),
        predictions: optional(flag),
        worst: optional(integer({ min: 0, max: 100 })),
        hyperparameters: optional(plain),
      }),
    ],
  },
};
