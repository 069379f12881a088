import type { Breach, Rule } from './rule.ts';

const nothing = /^(utils?|helpers?|types?|common|misc|shared)\.(ts|js)$/;
const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*\.(ts|js)$/;

/** A file is named for its main export, in kebab-case, and never for "some things". */
export const fileNames: Rule = {
  name: 'file names',
  check: ({ files }) => [...files.keys()].flatMap(breachOf),
};

function breachOf(file: string): Breach[] {
  if (!/^(packages|tools|docs)\//.test(file) || /\/dist\//.test(file) || !/\.(ts|js)$/.test(file)) return [];
  const name = file.slice(file.lastIndexOf('/') + 1);
  if (nothing.test(name)) {
    return [
      {
        file,
        what: 'its name says nothing',
        fix: 'Split it by ideas and name each file for its main export',
      },
    ];
  }
  if (!kebab.test(name)) {
    return [{ file, what: 'its name is not in kebab-case', fix: 'Name it like `random-stream.ts`' }];
  }
  return [];
}
