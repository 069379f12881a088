import { readFileSync } from 'node:fs';
import type { Plugin } from 'esbuild';

/** What makes schemas and checks: without an effect, so that a bundler may leave out those that a program does not use. */
const makers =
  /(?<![\w.'`])(?<!function )(v\.\w+|schemaOf|numberIn|integerIn|atLeast|above|atMost|below|oneOf|optional|oneNumberOrMany)(?=\()/g;

/**
 * Marks the calls that make schemas and checks as pure: a built package is one file, in which a bundler keeps every call
 * whose effect it does not know, and valibot with it.
 */
export const pureCallsPlugin: Plugin = {
  name: 'pure-calls',
  setup(build) {
    build.onLoad({ filter: /[\\/]packages[\\/][^\\/]+[\\/]src[\\/].+\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8')
        .split('\n')
        .map((line) => (/^\s*(\/\*|\*|\/\/)/.test(line) ? line : line.replace(makers, '/* @__PURE__ */ $1')))
        .join('\n'),
      loader: 'ts',
    }));
  },
};
