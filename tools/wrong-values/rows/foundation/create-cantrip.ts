import { inEmptyFolder } from '../../in-empty-folder.ts';
import { options, type Rows } from '../../row.ts';
import { arrayOf, callable, name, nothing, oneOf, optional, plain, text } from '../../rules.ts';

/** Every export of the package. */
export const createCantripRows: Rows = {
  createProject: {
    who: ['create-cantrip'],
    right: () => [{ folder: 'my-model', data: undefined, target: undefined }],
    // A target needs a table.
    legal: [options({ folder: name, data: optional(nothing), target: optional(nothing) })],
    call: (create, args) => inEmptyFolder(() => create(...(args as never[]))),
  },
  runCreate: {
    right: () => [['--version'], { out: () => undefined, err: () => undefined, env: {} }],
    legal: [arrayOf(text), options({ out: callable, err: callable, env: plain }, oneOf(undefined))],
    // Everything is printed nowhere, and written into a folder that is gone afterwards.
    call: (run, [args, given]) => {
      const parts = given === undefined ? { out: () => undefined, err: () => undefined, env: {} } : given;
      return inEmptyFolder(() => (run as (...given: readonly unknown[]) => unknown)(args, parts));
    },
  },
};
