import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createProject } from 'create-cantrip';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { emptyFolder, people, write } from './made-data.ts';
import { writeImages } from './images.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const files = [
  '.gitignore',
  'README.md',
  'data.ts',
  'model.ts',
  'package.json',
  'train.test.ts',
  'train.ts',
  'tsconfig.json',
];

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a program of a project with the packages of this repository. */
function run(cwd: string, ...args: readonly string[]): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}

/** What `npm test` and `npm start` of a project do. `npm run test:packed` does so in installed projects, and checks their types. */
function tryProject(folder: string): Readonly<Record<'test' | 'start', Outcome>> {
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const tsx = join(root, 'node_modules/tsx/dist/cli.mjs');
  const main = join(root, 'packages/cli/src/program/main.ts');
  return {
    test: run(folder, tsx, '--conditions=@cantrip/source', '--test', 'train.test.ts'),
    start: run(
      folder,
      tsx,
      '--conditions=@cantrip/source',
      main,
      'train',
      'train.ts',
      '--epochs',
      '2',
      '--json',
    ),
  };
}

const kinds: readonly (readonly [
  string,
  (folder: string) => Promise<{ data?: string; target?: string }>,
  string,
])[] = [
  ['no data', () => Promise.resolve({}), 'validation_accuracy'],
  [
    'a folder of images',
    async (folder) => {
      await writeImages(join(folder, 'pictures'), 10);
      return { data: 'pictures' };
    },
    'validation_accuracy',
  ],
  [
    'a table of classes',
    async (folder) => {
      write(folder, { "peter's people.csv": people(120, ';') });
      return Promise.resolve({ data: "peter's people.csv" });
    },
    'validation_accuracy',
  ],
  [
    'a table whose numbers are predicted',
    async (folder) => {
      write(folder, { 'people.tsv': people(120, '\t') });
      return Promise.resolve({ data: 'people.tsv', target: 'income' });
    },
    'validation_r2',
  ],
  [
    'a Parquet file',
    (folder) => {
      const rows = people()
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.split(','));
      const columnData = [
        {
          name: 'age',
          data: rows.map(([, age]) => (age === '' ? null : Number(age))),
          type: 'DOUBLE' as const,
        },
        { name: 'city', data: rows.map(([, , city]) => city!), type: 'STRING' as const },
        { name: 'label', data: rows.map(([, , , , bought]) => bought!), type: 'STRING' as const },
      ];
      write(folder, { 'people.parquet': new Uint8Array(parquetWriteBuffer({ columnData })) });
      return Promise.resolve({ data: 'people.parquet' });
    },
    'validation_accuracy',
  ],
];

describe('a created project', () => {
  it.each(kinds)('with %s passes its test, and trains', async (_, prepare, figure) => {
    const above = emptyFolder();
    const before = process.cwd();
    process.chdir(above);
    try {
      const options = await prepare(above);
      const created = await createProject({ folder: 'my-model', ...options });
      expect(created.files).toEqual(files);
      expect(readdirSync(created.folder).sort()).toEqual([...files].sort());
      const { test, start } = tryProject(created.folder);
      expect(test.out).toMatch(/# pass 1\n# fail 0/);
      expect(start).toMatchObject({ code: 0 });
      const result = JSON.parse(start.out) as {
        epochs: Record<string, number>[];
      };
      expect(result.epochs).toHaveLength(2);
      expect(result.epochs[1]![figure]).toBeGreaterThan(0);
      const [one] = readdirSync(join(created.folder, 'runs'));
      expect(readdirSync(join(created.folder, 'runs', one!))).toEqual(
        expect.arrayContaining(['checkpoints', 'run.json', 'scalars.jsonl']),
      );
    } finally {
      process.chdir(before);
    }
  });

  it('depends only on packages that it uses, in the versions with which it was tested', async () => {
    const above = emptyFolder();
    const { folder } = await createProject({ folder: join(above, 'model') });
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
      devDependencies: Record<string, string>;
    };
    const sources = readdirSync(folder)
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join('\n');
    for (const [name, version] of Object.entries(manifest.dependencies)) {
      expect(version, name).toMatch(/^[\^~]?\d/);
      // tfjs-core is a peer of the packages that are used; `cantrip report` loads the package report.
      if (!['@tensorflow/tfjs-core', '@cantrip/report'].includes(name)) expect(sources).toContain(`'${name}`);
    }
    expect(Object.keys(manifest.devDependencies)).toEqual(['@types/node', 'tsx', 'typescript']);
  });
});
