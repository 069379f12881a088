import type { Plugin } from 'esbuild';

/**
 * Keeps each source file a module of its own with its own name: `src/curves/cosine.ts` becomes `dist/curves/cosine.js`. A
 * bundler leaves out modules that a program does not use, but hardly any statement of one large file.
 */
export const separateModulesPlugin: Plugin = {
  name: 'separate-modules',
  setup(build) {
    build.onResolve({ filter: /^\.\.?\/.*\.ts$/ }, ({ path, kind }) =>
      kind === 'import-statement' || kind === 'dynamic-import'
        ? { path: `${path.slice(0, -3)}.js`, external: true, sideEffects: false }
        : undefined,
    );
  },
};
