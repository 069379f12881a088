import { inEmptyFolder } from '../../in-empty-folder.ts';
import { options, type Rows } from '../../row.ts';
import { arrayOf, name, optional, optionalOptions } from '../../rules.ts';

/** Every export of the package. */
export const reportRows: Rows = {
  createReport: {
    right: () => [['none'], { title: 'First' }],
    legal: [arrayOf(name, { min: 1 }), options({ title: optional(name) }, optionalOptions)],
    endsIn: 'does not exist',
    who: ['report'],
    call: (createReport, args) =>
      inEmptyFolder(() => (createReport as (...given: readonly unknown[]) => unknown)(...args)),
  },
};
