import { dirname, join } from 'node:path/posix';
import { circlesIn } from './circles-in.ts';
import { importsOf } from '../workspace/imports-of.ts';
import type { Breach, Rule } from './rule.ts';

const looked = /^(packages\/[^/]+\/(src|test)|tools)\/.+\.ts$/;
/** It names everything that the package gives, so it is above every folder. */
const packageIndex = /^packages\/[^/]+\/src\/index\.ts$/;

/** Neither files nor folders import each other in a circle, not even for a type. */
export const importCircles: Rule = {
  name: 'import circles',
  check: ({ files }) => {
    const ofFiles = new Map<string, Set<string>>();
    for (const [file, text] of files) {
      if (looked.test(file)) ofFiles.set(file, importedFiles(file, text, files));
    }
    return [
      ...circlesIn(ofFiles).map((circle) => breach(circle, 'files')),
      ...circlesIn(foldersOf(ofFiles)).map((circle) => breach(circle, 'folders')),
    ];
  },
};

function importedFiles(file: string, text: string, files: ReadonlyMap<string, string>): Set<string> {
  const named = importsOf(file, text).filter(({ from }) => from.startsWith('.'));
  return new Set(named.map(({ from }) => join(dirname(file), from)).filter((path) => files.has(path)));
}

/** Which folders each folder imports from. */
function foldersOf(ofFiles: ReadonlyMap<string, ReadonlySet<string>>): Map<string, Set<string>> {
  const ofFolders = new Map<string, Set<string>>();
  for (const [file, imported] of ofFiles) {
    if (packageIndex.test(file)) continue;
    const folder = dirname(file);
    const targets = ofFolders.get(folder) ?? new Set();
    for (const path of imported) if (dirname(path) !== folder) targets.add(dirname(path));
    ofFolders.set(folder, targets);
  }
  return ofFolders;
}

function breach(circle: readonly string[], kind: 'files' | 'folders'): Breach {
  const others = circle.slice(1).join(', ');
  return {
    file: circle[0]!,
    what: `these ${kind} import each other in a circle: it and ${others}`,
    fix: 'Move what both need below them, or pass it in from above',
  };
}
