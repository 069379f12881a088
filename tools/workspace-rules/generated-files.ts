import { generatedFiles as generate } from '../generate/generated-files.ts';
import type { Rule } from './rule.ts';

/** What is generated is up to date. */
export const generatedFiles: Rule = {
  name: 'generated files',
  check: (workspace) =>
    [...generate(workspace)]
      .filter(([file, text]) => workspace.files.get(file) !== text)
      .map(([file]) => ({ file, what: 'is not what the generator writes', fix: 'Run `npm run generate`' })),
};
