import { describe, expect, it } from 'vitest';
import { errorCodesOf } from '../workspace-rules/error-codes.ts';
import { rules } from '../workspace-rules/rules.ts';
import { manifestOf, tinyWorkspace, trickManifest } from './tiny-workspace.ts';

/** Every breach as one line, `rule | file | what`. */
function breaches(changes: Readonly<Record<string, string | undefined>> = {}): string[] {
  const workspace = tinyWorkspace(changes);
  return rules.flatMap(({ name, check }) =>
    check(workspace).map(({ file, what }) => `${name} | ${file} | ${what}`),
  );
}

const source = 'packages/wobble/src/index.ts';
const wobble = "export const wobble = { name: 'wobble' };\n";

/** The card of the made-up trick, with another last section. */
function cardWith(reference: string): string {
  return tinyWorkspace()
    .files.get('packages/wobble/README.md')!
    .replace(/Text\.\n$/, `${reference}\n`);
}

/** A sentence, the change that breaks the rule, and what the one line must say. */
const cases: [string, Record<string, string | undefined>, RegExp][] = [
  [
    'a package without a README',
    { 'packages/wobble/README.md': undefined },
    /files of a package \| packages\/wobble\/README.md \| is missing/,
  ],
  [
    'two files that import each other, if only for a type',
    {
      'packages/wobble/src/one.ts': "import type { Two } from './two.ts';\nexport type One = Two;\n",
      'packages/wobble/src/two.ts': "import type { One } from './one.ts';\nexport type Two = One;\n",
    },
    /import circles \| packages\/wobble\/src\/one.ts \| these files .* packages\/wobble\/src\/two.ts/,
  ],
  [
    'two folders that import each other, by three files without a circle',
    {
      'packages/wobble/src/a/one.ts': "export { two } from '../b/two.ts';\n",
      'packages/wobble/src/b/two.ts': 'export const two = 2;\n',
      'packages/wobble/src/b/three.ts': "export { one } from '../a/four.ts';\n",
      'packages/wobble/src/a/four.ts': 'export const one = 1;\n',
    },
    /import circles \| packages\/wobble\/src\/a \| these folders .* packages\/wobble\/src\/b/,
  ],
  [
    'a page that names a file which is not there',
    { 'docs/page.md': 'See `packages/wobble/src/gone.ts`.\n' },
    /files that pages name \| docs\/page.md \| names packages\/wobble\/src\/gone.ts/,
  ],
  [
    'a page that looks for a function in another file',
    { 'docs/page.md': '| `wobbling` | `packages/wobble/src/index.ts` | wobbles |\n' },
    /says that packages\/wobble\/src\/index.ts holds the function wobbling/,
  ],
  [
    'an example that imports the whole of TensorFlow.js',
    { 'docs/page.md': "# Page\n\n```ts\nimport * as tf from '@tensorflow/tfjs';\n```\n" },
    /imports of examples \| docs\/page.md \| line 4: an example imports @tensorflow\/tfjs$/,
  ],
  [
    'an example that imports names from tfjs-core',
    { 'docs/page.md': "```ts\nimport { tensor1d } from '@tensorflow/tfjs-core';\n```\n" },
    /docs\/page.md \| line 2: an example imports @tensorflow\/tfjs-core in another way than the other examples/,
  ],
  [
    'an example that imports tfjs-layers under one name',
    { 'docs/examples/one.ts': "import * as tfl from '@tensorflow/tfjs-layers';\n" },
    /docs\/examples\/one.ts \| line 1: an example imports all of @tensorflow\/tfjs-layers under one name/,
  ],
  [
    'a docstring whose example takes layers from tf',
    {
      [source]: `${wobble}\n/**\n * Wobbles.\n *\n * \`\`\`ts\n * wobble(tf.layers.dense({ units: 1 }));\n * \`\`\`\n */\n`,
    },
    /packages\/wobble\/src\/index.ts \| line 7: an example uses tf\.layers, which @tensorflow\/tfjs-core does not have/,
  ],
  [
    'a folder of more than 20 files',
    Object.fromEntries(
      Array.from({ length: 20 }, (_, at) => [
        `packages/wobble/src/file-${at}.ts`,
        `export const a${at} = 1;\n`,
      ]),
    ),
    /folder size \| packages\/wobble\/src \| holds 21 files/,
  ],
  ['a package without a test', { 'packages/wobble/test/wobble.test.ts': undefined }, /no test/],
  [
    'a tsconfig that switches a check off',
    {
      'packages/wobble/tsconfig.json':
        '{ "extends": "../../tsconfig.base.json", "include": ["src"], "compilerOptions": { "strict": false } }',
    },
    /tsconfig.json \| says more or less/,
  ],
  ['a project.json', { 'packages/wobble/project.json': '{}' }, /project.json \| does not belong/],
  [
    'a package that is not named as its folder',
    { 'packages/wobble/package.json': trickManifest({ name: '@cantrip/wabble' }) },
    /its name is @cantrip\/wabble/,
  ],
  [
    'a package without a description',
    { 'packages/wobble/package.json': trickManifest({ description: 'Wobbles.' }) },
    /no description/,
  ],
  [
    'another licence',
    { 'packages/wobble/package.json': trickManifest({ license: 'MIT' }) },
    /its license is MIT/,
  ],
  [
    'a CommonJS package',
    { 'packages/wobble/package.json': trickManifest({ type: 'commonjs' }) },
    /not an ES module/,
  ],
  [
    'a package that is silent about side effects',
    { 'packages/wobble/package.json': trickManifest({ sideEffects: undefined }) },
    /side effects/,
  ],
  [
    'another range of Node',
    { 'packages/wobble/package.json': trickManifest({ engines: { node: '>=18' } }) },
    /engines.node is >=18/,
  ],
  [
    'exports in which types come after the code',
    {
      'packages/wobble/package.json': trickManifest({
        exports: {
          '.': {
            '@cantrip/source': './src/index.ts',
            default: './dist/index.js',
            types: './dist/index.d.ts',
          },
          './package.json': './package.json',
        },
      }),
    },
    /another order of them/,
  ],
  [
    'exports that hide package.json',
    {
      'packages/wobble/package.json': trickManifest({
        exports: {
          '.': {
            '@cantrip/source': './src/index.ts',
            types: './dist/index.d.ts',
            default: './dist/index.js',
          },
        },
      }),
    },
    /exports lacks/,
  ],
  [
    'a test script of its own making',
    {
      'packages/wobble/package.json': trickManifest({
        scripts: { build: 'tsup --config ../../tsup.config.ts', test: 'vitest' },
      }),
    },
    /test script/,
  ],
  [
    'a build script of its own making',
    {
      'packages/wobble/package.json': trickManifest({
        scripts: { build: 'tsc', test: 'vitest run --config ../../vitest.config.ts --root .' },
      }),
    },
    /build script/,
  ],
  [
    'a package that publishes no source',
    { 'packages/wobble/package.json': trickManifest({ files: ['dist'] }) },
    /dist and src/,
  ],
  [
    'a package that is not published for everybody',
    { 'packages/wobble/package.json': trickManifest({ publishConfig: {} }) },
    /publishConfig/,
  ],
  [
    'a repository that names another folder',
    { 'packages/wobble/package.json': trickManifest({ repository: { directory: 'packages/wabble' } }) },
    /repository.directory/,
  ],
  [
    'tfjs-core as a plain dependency',
    {
      'packages/wobble/package.json': trickManifest({
        dependencies: { '@cantrip/errors': '0.0.0', '@tensorflow/tfjs-core': '>=4.22.0 <5' },
      }),
    },
    /tfjs-core is a plain dependency/,
  ],
  [
    'another range of tfjs-core',
    {
      'packages/wobble/package.json': trickManifest({
        peerDependencies: { '@tensorflow/tfjs-core': '^4.0.0' },
      }),
    },
    /wanted as \^4.0.0/,
  ],
  [
    'a trick that depends on the trainer',
    { 'packages/wobble/package.json': trickManifest({ dependencies: { '@cantrip/trainer': '0.0.0' } }) },
    /package.json \| depends on @cantrip\/trainer/,
  ],
  [
    'a trick that cannot be installed without the trainer',
    { 'packages/wobble/package.json': trickManifest({ peerDependenciesMeta: {} }) },
    /package.json \| depends on @cantrip\/trainer/,
  ],
  [
    'a trick that depends on a library that is not agreed on',
    { 'packages/wobble/package.json': trickManifest({ dependencies: { lodash: '4' } }) },
    /depends on lodash/,
  ],
  [
    'a package below the tricks that depends on one',
    {
      'packages/errors/package.json': manifestOf('errors', {
        dependencies: { '@cantrip/wobble': '0.0.0' },
        peerDependencies: {},
      }),
    },
    /depends on @cantrip\/wobble/,
  ],
  [
    'a trick that imports the trainer when it runs',
    { [source]: `import { createTrainer } from '@cantrip/trainer';\n${wobble}createTrainer();\n` },
    /index.ts \| imports @cantrip\/trainer: a trick works without the trainer/,
  ],
  [
    'an inline type import of the trainer, of which an import remains',
    { [source]: `import { type Plugin } from '@cantrip/trainer';\n${wobble}` },
    /imports @cantrip\/trainer/,
  ],
  [
    'a trick that loads the trainer late',
    { [source]: `${wobble}export const late = () => import('@cantrip/trainer');\n` },
    /imports @cantrip\/trainer/,
  ],
  [
    'a built trick in which the trainer remains',
    { 'packages/wobble/dist/index.js': "export { createTrainer } from '@cantrip/trainer';\n" },
    /dist\/index.js \| imports @cantrip\/trainer/,
  ],
  [
    'a package that touches the native binding',
    { 'packages/errors/src/index.ts': "import koffi from 'koffi';\nkoffi.load('');\n" },
    /imports koffi: only core-tensor-gpu/,
  ],
  [
    'a package that touches a backend',
    { 'packages/errors/src/index.ts': "import '@tensorflow/tfjs-backend-wasm';\n" },
    /imports @tensorflow\/tfjs-backend-wasm/,
  ],
  [
    'an import that package.json does not name',
    { 'packages/errors/src/index.ts': "import * as v from 'valibot';\nv.string();\n" },
    /imports valibot at run time, which package.json does not name/,
  ],
  [
    'a plugin that is not named as its folder',
    { [source]: "export const wobble = { name: 'wabble' };\n" },
    /no plugin has the name 'wobble'/,
  ],
  [
    'a card with a section too few',
    { 'packages/wobble/README.md': '# @cantrip/wobble\n\n## Use\n\nText.\n\n## Options\n\nText.\n' },
    /has the sections Use, Options$/,
  ],
  [
    'a card that still says TODO',
    { 'packages/wobble/README.md': cardWith('TODO: name the paper, with its address.') },
    /README.md \| is not written yet: "TODO: name the paper, with its address."/,
  ],
  [
    'a card whose cost was never measured',
    { 'packages/wobble/README.md': cardWith('Not measured yet.') },
    /is not written yet: "Not measured yet."/,
  ],
  [
    'a card with an empty section',
    { 'packages/wobble/README.md': cardWith('') },
    /is not written yet: "## Reference"/,
  ],
  [
    'a trick whose description is that of the template',
    {
      'packages/wobble/package.json': trickManifest({
        description: 'TODO: say what the trick does, in words.',
      }),
    },
    /package.json \| is not written yet/,
  ],
  [
    'a README with another title',
    { 'packages/errors/README.md': '# Errors\n\n```ts\nthrow 1;\n```\n' },
    /begins with "# Errors"/,
  ],
  ['a README without an example', { 'packages/errors/README.md': '# @cantrip/errors\n' }, /shows no example/],
  [
    'a card that is a manual',
    {
      'packages/wobble/README.md': `${tinyWorkspace().files.get('packages/wobble/README.md')}${'more\n'.repeat(60)}`,
    },
    /more than 80/,
  ],
  [
    'a README that is a manual',
    {
      'packages/errors/README.md': `# @cantrip/errors\n\n\`\`\`ts\nthrow 1;\n\`\`\`\n${'more\n'.repeat(130)}`,
    },
    /more than 130/,
  ],
  ['a file named utils.ts', { 'packages/wobble/src/utils.ts': '' }, /utils.ts \| its name says nothing/],
  ['a file in camel case', { 'packages/wobble/src/fastWobble.ts': '' }, /kebab-case/],
  ['a file of 251 lines', { 'packages/wobble/src/long.ts': '\n'.repeat(251) }, /long.ts \| has 251 lines/],
  [
    'an error code that is in no catalogue',
    { 'packages/errors/src/index.ts': "throw new CantripError('NO_SUCH_CODE', {});\n" },
    /NO_SUCH_CODE/,
  ],
  [
    'an error code in a README that is in no catalogue',
    { 'packages/errors/README.md': '# @cantrip/errors\n\n```text\n[a] b. C. (NO_SUCH_CODE)\n```\n' },
    /README.md \| names the error code NO_SUCH_CODE/,
  ],
  ['an outdated docs/errors.md', { 'docs/errors.md': '# Errors\n' }, /docs\/errors.md \| is not what/],
  [
    'an outdated list of tricks',
    { 'README.md': '<!-- generated: tricks -->\n\nnone\n\n<!-- end of generated text -->\n' },
    /README.md \| is not what/,
  ],
  [
    'a lock file with download addresses',
    { 'package-lock.json': '{ "resolved": "https://registry.example/a.tgz" }' },
    /1 download addresses, e.g. https:\/\/registry.example/,
  ],
  [
    'a lock file without the binaries of another platform',
    {
      'package-lock.json':
        '{ "packages": { "node_modules/a": { "optionalDependencies": { "a-linux": "1", "a-mac": "1" } }, "node_modules/a-linux": {} } }',
    },
    /lacks 1 optional packages, e.g. a-mac/,
  ],
];

describe('the house rules', () => {
  it('accept a workspace that keeps them', () => {
    expect(breaches()).toEqual([]);
  });

  it.each(cases)('refuse %s', (_, changes, expected) => {
    const found = breaches(changes);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(expected);
  });

  it('refuse a catalogue out of order', () => {
    const found = errorCodesOf({ B_CODE: 'b', A_CODE: 'a' }).check(tinyWorkspace());
    expect(found.map(({ what }) => what)).toEqual(['A_CODE is not in alphabetical order']);
  });

  it('accept examples that import in the one way, and TensorFlow.js in words and in programs that are no example', () => {
    expect(
      breaches({
        'docs/page.md':
          "`@tensorflow/tfjs` and `tf.layers` in words.\n\n```ts\nimport * as tf from '@tensorflow/tfjs-core';\n" +
          "import { layers } from '@tensorflow/tfjs-layers';\nimport '@tensorflow/tfjs-backend-cpu';\n```\n",
        'tools/stock.ts': "import * as tf from '@tensorflow/tfjs';\n\ntf.layers.dense({ units: 1 });\n",
      }),
    ).toEqual([]);
  });

  it('say what to do, in every case', () => {
    for (const [, changes] of cases) {
      const workspace = tinyWorkspace(changes);
      const fixes = rules.flatMap(({ check }) => check(workspace)).map(({ fix }) => fix);
      expect(fixes.every((fix) => fix.length > 10 && !fix.endsWith('.'))).toBe(true);
    }
  });

  it('leave a private package unpublished', () => {
    const manifest = manifestOf('errors', {
      private: true,
      publishConfig: undefined,
      files: undefined,
      dependencies: {},
    });
    expect(breaches({ 'packages/errors/package.json': manifest })).toEqual([]);
  });
});
