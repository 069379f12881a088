import type { Rule } from './rule.ts';

const mostLines = 250;

/** A file holds one idea; one that outgrows this holds two. Tables of test cases may be longer. */
export const fileLength: Rule = {
  name: 'file length',
  check: ({ files }) =>
    [...files]
      .filter(([path]) => /^packages\/[^/]+\/src\/.+\.ts$|^tools\/(?!test\/).+\.ts$/.test(path))
      .map(([file, text]) => ({ file, lines: text.split('\n').length - 1 }))
      .filter(({ lines }) => lines > mostLines)
      .map(({ file, lines }) => ({
        file,
        what: `has ${lines} lines, more than ${mostLines}`,
        fix: 'Find its second idea and give it a file of its own',
      })),
};
