import { inEmptyFolder } from '../../in-empty-folder.ts';
import { options, type Rows } from '../../row.ts';
import { integer, name, optional, plain } from '../../rules.ts';

/** Every export of the package. */
export const runLogRows: Rows = {
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
      options({ folder: name, every: optional(integer({ min: 1 })), hyperparameters: optional(plain) }),
    ],
  },
};
