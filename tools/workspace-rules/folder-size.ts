import { dirname } from 'node:path/posix';
import type { Rule } from './rule.ts';

const mostFiles = 20;
const looked = /^(packages\/[^/]+\/(src|test)|tools)\//;
const goldenData = /\/golden\/|\.(json|gz|bin)$/;

/** A folder that holds more files than a reader takes in at once gets rooms; golden values are data and may be many. */
export const folderSize: Rule = {
  name: 'folder size',
  check: ({ files }) => {
    const counts = new Map<string, number>();
    for (const file of files.keys()) {
      if (!looked.test(file) || goldenData.test(file)) continue;
      counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
    }
    return [...counts]
      .filter(([, count]) => count > mostFiles)
      .map(([file, count]) => ({
        file,
        what: `holds ${count} files, more than ${mostFiles}`,
        fix: 'Give them rooms, each named for what its files do together',
      }));
  },
};
