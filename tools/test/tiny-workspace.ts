import { catalogue } from '@cantrip/errors';
import { errorsPage } from '../generate/errors-page.ts';
import { type Workspace, workspaceOf } from '../workspace/workspace.ts';

const tsconfig = '{\n  "extends": "../../tsconfig.base.json",\n  "include": ["src", "test"]\n}\n';

/** package.json of a made-up package that breaks no rule. */
export function manifestOf(name: string, changes: object = {}): string {
  return JSON.stringify({
    name: `@cantrip/${name}`,
    version: '0.0.0',
    description: 'A package that exists only in tests.',
    keywords: [],
    license: 'Apache-2.0',
    repository: { directory: `packages/${name}` },
    type: 'module',
    sideEffects: false,
    engines: { node: '>=20.19.0' },
    exports: {
      '.': {
        '@cantrip/source': './src/index.ts',
        types: './dist/index.d.ts',
        default: './dist/index.js',
      },
      './package.json': './package.json',
    },
    files: ['dist', 'src'],
    scripts: {
      build: 'tsup --config ../../tsup.config.ts',
      test: 'vitest run --config ../../vitest.config.ts --root .',
    },
    dependencies: { '@cantrip/errors': '0.0.0' },
    peerDependencies: { '@tensorflow/tfjs-core': '>=4.22.0 <5' },
    publishConfig: { access: 'public' },
    ...changes,
  });
}

/** package.json of the made-up trick `wobble`. */
export function trickManifest(changes: object = {}): string {
  return manifestOf('wobble', {
    keywords: ['cantrip-trick'],
    peerDependencies: { '@cantrip/trainer': '>=0.0.0 <0.2.0', '@tensorflow/tfjs-core': '>=4.22.0 <5' },
    peerDependenciesMeta: { '@cantrip/trainer': { optional: true } },
    ...changes,
  });
}

const card = ['Use', 'Options', 'What it does', 'When it helps and hurts', 'Works with', 'Cost', 'Reference']
  .map((section) => `## ${section}\n\nText.\n`)
  .join('\n');

/** A trick, a package that is none, and nothing that breaks a rule, but for `changes`: path to text, or undefined. */
export function tinyWorkspace(changes: Readonly<Record<string, string | undefined>> = {}): Workspace {
  const files = new Map<string, string>([
    ['packages/wobble/package.json', trickManifest()],
    ['packages/wobble/tsconfig.json', tsconfig],
    ['packages/wobble/README.md', `# @cantrip/wobble\n\n${card}`],
    [
      'packages/wobble/src/index.ts',
      "import type { Plugin } from '@cantrip/trainer';\nexport const wobble: Plugin = { name: 'wobble' };\n",
    ],
    ['packages/wobble/test/wobble.test.ts', ''],
    ['packages/errors/package.json', manifestOf('errors', { dependencies: {}, peerDependencies: {} })],
    ['packages/errors/tsconfig.json', tsconfig],
    ['packages/errors/README.md', '# @cantrip/errors\n\n```ts\nthrow 1;\n```\n'],
    ['packages/errors/src/index.ts', 'export {};\n'],
    ['packages/errors/src/catalogue.ts', 'export {};\n'],
    ['packages/errors/test/errors.test.ts', ''],
    ['docs/errors.md', errorsPage(catalogue)],
    ['package-lock.json', '{}'],
  ]);
  for (const [path, text] of Object.entries(changes)) {
    if (text === undefined) files.delete(path);
    else files.set(path, text);
  }
  return workspaceOf(files);
}
