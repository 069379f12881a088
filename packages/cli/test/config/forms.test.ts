import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { typeScriptPreload } from '../../src/config/typescript-hooks.ts';
import { data, imports, parametrized, project, trainerOf } from '../project.ts';

const training = `{ trainer: ${trainerOf('sgd({ learningRate: 0.1 })')}, data: ${data}, fit: { epochs: 1 } }`;
/** CommonJS, with a parameter list that CommonJS with types has too. */
const commonJs = (exported: string): string => `
${exported} = async () => {
  const { sgd } = await import('@cantrip/optimizers');
  const { meanSquaredError } = await import('@cantrip/trainer');
  const { layers, sequential } = await import('@tensorflow/tfjs-layers');
  return ${training};
};
`;
const typed = `const epochs: number = 1;\nenum Rate { high = 1 }\nexport type Unused = typeof epochs | Rate;\n`;

/** Fails if the packages that the config imports exist twice. */
const onlyOnce = `
import { CantripError } from '@cantrip/errors';
import { createTrainer } from '@cantrip/trainer';
import { seen } from './beside';
try {
  createTrainer({} as never);
} catch (error) {
  if (!(error instanceof CantripError) || seen !== CantripError) throw new Error('two copies');
}
`;
const beside =
  "import { CantripError } from '@cantrip/errors';\nexport const seen: unknown = CantripError;\n";
const asCommonJs = '{ "name": "a-project", "type": "commonjs" }';
const asModules = '{ "name": "a-project", "type": "module" }';

describe('a config', () => {
  it.each([
    ['an object', 'train.ts', { 'train.ts': `${imports}export default defineConfig(${training});` }],
    ['a function', 'train.ts', { 'train.ts': `${imports}export default defineConfig(() => (${training}));` }],
    ['an async function', 'train.ts', { 'train.ts': `${imports}export default async () => (${training});` }],
    ['without defineConfig', 'train.ts', { 'train.ts': `${imports}export default ${training};` }],
    ['with types', 'train.mts', { 'train.mts': `${typed}${parametrized}` }],
    ['in JavaScript', 'train.js', { 'train.js': parametrized }],
    ['in JavaScript', 'train.mjs', { 'train.mjs': parametrized }],
    ['in CommonJS', 'train.js', { 'train.js': commonJs('module.exports') }],
    ['in CommonJS', 'train.cjs', { 'train.cjs': commonJs('module.exports') }],
    [
      'in CommonJS with types',
      'train.cts',
      { 'train.cts': `const one: number = 1;\n${commonJs('module.exports')}` },
    ],
    [
      'compiled to CommonJS',
      'train.cjs',
      {
        'train.cjs': `Object.defineProperty(exports, '__esModule', { value: true });\n${commonJs('exports.default')}`,
      },
    ],
    [
      'in a CommonJS folder',
      'train.ts',
      { 'package.json': asCommonJs, 'beside.ts': beside, 'train.ts': `${onlyOnce}${typed}${parametrized}` },
    ],
    [
      'in a folder of modules',
      'train.ts',
      { 'package.json': asModules, 'beside.ts': beside, 'train.ts': `${onlyOnce}${typed}${parametrized}` },
    ],
    [
      'in a folder without package.json',
      'train.ts',
      { 'beside.ts': beside, 'train.ts': `${onlyOnce}${typed}${parametrized}` },
    ],
    [
      'in a folder further down',
      'a b/c#d/100%/train.ts',
      { 'a b/c#d/100%/beside.ts': beside, 'a b/c#d/100%/train.ts': `${onlyOnce}${parametrized}` },
    ],
    [
      'that awaits at its top',
      'train.ts',
      { 'package.json': asCommonJs, 'train.ts': `await Promise.resolve();\n${parametrized}` },
    ],
    [
      'with paths of its tsconfig.json',
      'inner/train.ts',
      {
        'inner/tsconfig.json': '{ "compilerOptions": { "paths": { "~/*": ["./lib/*"] } } }',
        'inner/lib/deep/epochs.ts': 'export const epochs: number = 1;',
        'inner/train.ts': `import { epochs } from '~/deep/epochs';\n${imports}export default { ...${training}, fit: { epochs } };`,
      },
    ],
  ] as const)('may be %s: %s', async (_, path, files) => {
    const { cantrip } = project(files);
    const { code, out, err } = await cantrip('train', path);
    expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^Trained: \d epochs?, \d steps\n/);
  });

  it.each([
    [
      'that is missing',
      { 'train.ts': parametrized },
      'trian.ts',
      '[cantrip train] there is no file trian.ts. Perhaps you mean train.ts. (CLI_CONFIG)',
    ],
    [
      'that is missing in an empty folder',
      {},
      'train.ts',
      '[cantrip train] there is no file train.ts. Write the path of the module, from the folder that you are in. (CLI_CONFIG)',
    ],
    [
      'that is a folder',
      { 'src/train.ts': '' },
      'src',
      '[cantrip train] src is a folder, not a module. Modules in FOLDER/src are train.ts. (CLI_CONFIG)',
    ],
    [
      'that exports nothing',
      { 'train.ts': imports },
      'train.ts',
      "[cantrip train] train.ts has no default export. Write export default defineConfig({ … }), imported from '@cantrip/cli/config'. (CLI_CONFIG)",
    ],
    [
      'that exports by name only',
      { 'train.ts': `${imports}export const config = ${training};` },
      'train.ts',
      'train.ts has no default export.',
    ],
    [
      'with a syntax error',
      { 'train.ts': 'export default {\n  a: 1 2\n};' },
      'train.ts',
      '[cantrip train] FOLDER/train.ts:2:7 has a syntax error: Expected "}" but found "2". Correct it. (CLI_CONFIG)',
    ],
    [
      'with a syntax error in JavaScript',
      { 'train.mjs': 'export default {\n  a: 1 2\n};' },
      'train.mjs',
      '[cantrip train] FOLDER/train.mjs:2',
    ],
    [
      'with a syntax error in CommonJS',
      { 'train.cjs': 'module.exports = {\n  a: 1 2\n};' },
      'train.cjs',
      '[cantrip train] FOLDER/train.cjs:2',
    ],
    [
      'that imports a package that is not there',
      { 'train.ts': "import 'no-such-package/sub';" },
      'train.ts',
      '[cantrip train] FOLDER/train.ts imports no-such-package, which is not installed. Run npm install no-such-package. (CLI_CONFIG)',
    ],
    [
      'that imports a file that is not there',
      { 'train.ts': "import './beside.ts';" },
      'train.ts',
      '[cantrip train] FOLDER/train.ts imports FOLDER/beside.ts, which does not exist. Correct the path of the import. (CLI_CONFIG)',
    ],
    [
      'that exports a number',
      { 'train.ts': 'export default 3;' },
      'train.ts',
      '[cantrip train] the config must be an object or a function, got 3. ',
    ],
    [
      'that exports a promise',
      { 'train.ts': 'export default Promise.resolve({});' },
      'train.ts',
      '[cantrip train] the config must be an object or a function, got an object of Promise',
    ],
    [
      'with a misspelt key',
      { 'train.ts': `${imports}export default { ...${training}, validate: 1 };` },
      'train.ts',
      '[cantrip train] the training has no option validate. Its options are trainer, data, fit. (OPTION_INVALID)',
    ],
    [
      'without data',
      { 'train.ts': 'export default { trainer: {}, fit: {} };' },
      'train.ts',
      '[cantrip train] data must be the training data, or a function that reads it, got undefined.',
    ],
    [
      'with a trainer that is made already',
      {
        'train.ts': `${imports}import { createTrainer } from '@cantrip/trainer';\nexport default { trainer: createTrainer(${trainerOf('sgd()')}), data: 1, fit: {} };`,
      },
      'train.ts',
      '[cantrip train] trainer must be the options of createTrainer, got a trainer. Write trainer: { model, optimizer, loss }, without createTrainer. (OPTION_INVALID)',
    ],
    [
      'whose run returns nothing',
      { 'train.ts': 'export default { params: {}, run() {} };' },
      'train.ts',
      '[cantrip train] the training must be { trainer, data, fit }, got undefined.',
    ],
    [
      'whose params hold a function',
      { 'train.ts': 'export default { params: { a: () => 1 }, run() {} };' },
      'train.ts',
      '[cantrip train] params.a must be text, a finite number, a boolean, null, an array or a group of these, got function a. ',
    ],
    [
      'whose params have a dot',
      { 'train.ts': "export default { params: { 'a.b': 1 }, run() {} };" },
      'train.ts',
      '[cantrip train] params must have names without dots, spaces and =, got "a.b". ',
    ],
    [
      'with a wrong option of the optimizer',
      { 'train.ts': `${imports}export default () => ({ ...${training.replace('0.1', '-1')} });` },
      'train.ts',
      '[sgd] learningRate must be',
    ],
    [
      'with a wrong option of fit',
      { 'train.ts': `${imports}export default () => ({ ...${training}, fit: { epoch: 1 } });` },
      'train.ts',
      '[fit] ',
    ],
  ] as const)('%s is one sentence, and exit code 1', async (_, files, path, sentence) => {
    const { folder, cantrip } = project(files);
    const { code, out, err } = await cantrip('train', path);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err.startsWith(sentence.replaceAll('FOLDER', folder)) || err.includes(sentence), err).toBe(true);
    expect(err).not.toMatch(/^\s+at /m);
    expect(err.trim().split('\n')).toHaveLength(1);
  });

  it('that throws keeps its stack, with the line in the config', async () => {
    const { cantrip } = project({
      'train.ts': `\n\nconst n: number = 1;\nthrow new TypeError('a mistake of the user');\n`,
    });
    const { code, out, err } = await cantrip('train', 'train.ts');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/TypeError: a mistake of the user\n\s+at .*train\.ts:4:7/);
  });

  it('that reads broken JSON keeps its stack, and is not called a syntax error of the config', async () => {
    const { cantrip } = project({ 'train.ts': `${imports}export default () => JSON.parse('{');` });
    const { err } = await cantrip('train', 'train.ts');
    expect(err).toMatch(/^SyntaxError: [^\n]*\n\s+at JSON\.parse/);
  });

  it('finds the packages of its own folder, not those of the current one', async () => {
    const own = `export const createTrainer = () => ({ fit: async () => ({ seed: 7, earlier: [], epochs: [] }), position: () => ({ epoch: 1, step: 2 }), dispose() {} });`;
    const { cantrip } = project({
      'inner/node_modules/@cantrip/trainer/package.json':
        '{ "name": "@cantrip/trainer", "type": "module", "exports": "./index.js" }',
      'inner/node_modules/@cantrip/trainer/index.js': own,
      'inner/train.ts': 'export default { trainer: {}, data: {}, fit: {} };',
    });
    const { out } = await cantrip('train', 'inner/train.ts', '--json');
    expect(JSON.parse(out)).toMatchObject({ seed: 7, epoch: 1, step: 2 });
  });

  it('is loaded in the same way by processes that the command starts', () => {
    const { folder } = project({
      'package.json': asCommonJs,
      'beside.ts': beside,
      'run.ts': `${onlyOnce}console.log('ran');`,
    });
    const preload = `--import=${typeScriptPreload(folder)}`;
    const options = { cwd: folder, encoding: 'utf8' } as const;
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ['--conditions=@cantrip/source', preload, 'run.ts'],
      options,
    );
    expect({ stdout, stderr }).toEqual({ stdout: 'ran\n', stderr: '' });
  });
});
