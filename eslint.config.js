import { readdirSync, readFileSync } from 'node:fs';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const packagesFolder = new URL('packages/', import.meta.url);

/** The packages whose package.json says that they are tricks, so that a new trick needs no edit here. */
const tricks = readdirSync(packagesFolder).filter((folder) => {
  try {
    const manifest = JSON.parse(readFileSync(new URL(`${folder}/package.json`, packagesFolder), 'utf8'));
    return manifest.keywords?.includes('cantrip-trick') ?? false;
  } catch {
    return false;
  }
});

const nativePattern = {
  regex: '^(koffi|@tensorflow/(tfjs-node(-gpu)?|tfjs-backend-.*|tfjs|tfjs-converter|tfjs-data))(/|$)',
  message:
    'Only core-tensor-gpu touches a backend or the native library. Import from @cantrip/core-tensor-gpu.',
};
const trainerPattern = {
  regex: '^@cantrip/(trainer|testing|data|optimizers)(/|$)',
  allowTypeImports: true,
  message: 'A trick works without the trainer: take only types from this package (`import type`).',
};
const trickPattern = {
  regex: `^@cantrip/(${tricks.join('|')})(/|$)`,
  message:
    'A trick imports no other trick: take its plugin object as an option and call run.use(thatPlugin).',
};
const foreignFolder = {
  regex: '^(\\.\\./)+([^./][^/]*/)+(src|dist)/|^@cantrip/[^/]+/(src|dist)(/|$)',
  message: "Import another package by its name, so that its exports hold: '@cantrip/…'.",
};
const restrict = (...patterns) => ({
  '@typescript-eslint/no-restricted-imports': ['error', { patterns: [foreignFolder, ...patterns] }],
});

export default defineConfig(
  globalIgnores(['**/dist', '**/test-results', '**/node_modules', '.nx', '**/coverage', '**/*.cjs']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      // `import { type A }` leaves an import behind when it is compiled; `import type { A }` does not.
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      // `tf.sum(x) as Scalar` is how a scalar is told from a tensor; the rule wants type arguments instead.
      '@typescript-eslint/no-unnecessary-type-assertion': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/prefer-promise-reject-errors': 'error',
      // The types allow a hook to be async, and a test's model to be so, without awaiting anything.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true, allowArray: true },
      ],
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      // Plugins, rules and stages are plain objects whose functions use no `this`, and so may be taken apart.
      '@typescript-eslint/unbound-method': 'off',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'prefer-const': 'error',
      'no-restricted-syntax': [
        'error',
        {
          selector: 'ExportDefaultDeclaration, ExportSpecifier[exported.name="default"]',
          message: 'Export by name: a default export has another name in every file that imports it.',
        },
        {
          selector: 'CallExpression[callee.property.name="tidy"][arguments.0.async=true]',
          message: 'tf.tidy() ends before an async function does, so its tensors leak.',
        },
      ],
    },
  },
  {
    files: ['packages/**/*.ts', 'docs/**/*.ts'],
    rules: restrict(),
  },
  {
    files: ['packages/*/src/**/*.ts'],
    ignores: ['packages/core-tensor-gpu/**'],
    rules: restrict(nativePattern),
  },
  {
    files: tricks.map((trick) => `packages/${trick}/src/**/*.ts`),
    rules: restrict(nativePattern, trainerPattern, trickPattern),
  },
  {
    files: ['*.config.ts', 'packages/testing/test/fixtures/*.config.ts', 'eslint.config.js'],
    rules: { 'no-restricted-syntax': 'off' },
  },
);
