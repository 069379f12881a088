import { chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { createProject, runCreate } from 'create-cantrip';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { emptyFolder, people, write } from './made-data.ts';
import { writeImages } from './images.ts';

const before = process.cwd();
let folder = before;
beforeEach(() => process.chdir((folder = emptyFolder())));
afterEach(() => process.chdir(before));

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  let [out, err] = ['', ''];
  const code = await runCreate(args, { out: (text) => (out += text), err: (text) => (err += text), env });
  return { code, out, err };
}

/** Every file and folder below one, so that a test sees what was left behind. */
const all = (at: string): string[] => readdirSync(at, { recursive: true, encoding: 'utf8' }).sort();

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==',
  'base64',
);

/** Five images of each class. */
const pets = Object.fromEntries(
  ['cat', 'dog'].flatMap((name) => [1, 2, 3, 4, 5].map((at) => [`pets/${name}/${at}.png`, png] as const)),
);

/** What is refused: how the folder is prepared, the words of the command, and the sentence. */
const refused: readonly (readonly [
  string,
  Readonly<Record<string, string | Uint8Array>>,
  readonly string[],
  string,
])[] = [
  [
    'a folder that is not empty',
    { 'my-model/a.txt': 'a' },
    ['my-model'],
    '[create-cantrip] the folder FOLDER/my-model is not empty: it has a.txt. Choose another folder, or empty this one. (CREATE_CANTRIP_FOLDER)',
  ],
  [
    'the folder by default, if it is not empty',
    { 'my-model/a': '', 'my-model/b': '', 'my-model/c': '', 'my-model/d': '' },
    [],
    'it has a, b, c, … (4 in all).',
  ],
  [
    'a project that is there already',
    { 'my-model/package.json': '{}' },
    ['my-model'],
    'it has package.json.',
  ],
  ['the current folder, if it is not empty', { 'a.txt': '' }, ['.'], 'FOLDER is not empty: it has a.txt.'],
  [
    'a file where the folder shall be',
    { 'my-model': '' },
    ['my-model'],
    '[create-cantrip] FOLDER/my-model is a file, or lies below one. Choose another folder. (CREATE_CANTRIP_FOLDER)',
  ],
  ['a folder below a file', { above: '' }, ['above/my-model'], 'is a file, or lies below one.'],
  ['no name', {}, [''], '[createProject] folder must not be empty, got "".'],
  [
    'a name that begins with a dot',
    {},
    ['.hidden'],
    '[create-cantrip] the folder ".hidden" gives the project a name that npm refuses: name cannot start with a period. Choose a name of small letters, digits and hyphens, e.g. my-model. (CREATE_CANTRIP_NAME)',
  ],
  ['a name of a package of Node', {}, ['http'], 'http is a core module name.'],
  ['a name that npm keeps', {}, ['node_modules'], 'node_modules is not a valid package name.'],
  ['a name that is no address', {}, ['my model?'], 'name can only contain URL-friendly characters.'],
  ['a name that is too long', {}, ['m'.repeat(215)], 'name can no longer contain more than 214 characters.'],
  ['a name with a null byte', {}, ['a\0b'], '[createProject] folder must be a path'],
  [
    'data that are not there',
    {},
    ['m', '--data', 'pets'],
    '[create-cantrip] there is no file or folder FOLDER/pets. Write --data with the path of your data. (CREATE_CANTRIP_DATA)',
  ],
  [
    'a file of another kind',
    { 'a.xlsx': '' },
    ['m', '--data', 'a.xlsx'],
    'a.xlsx is neither a folder of images nor a table. Name a folder of images, or a file that ends in .csv, .tsv or .parquet.',
  ],
  [
    'a folder without images',
    { 'pets/a.txt': '' },
    ['m', '--data', 'pets'],
    '[imageFolder] FOLDER/pets must hold folders with images (png, jpg or webp), but it holds none.',
  ],
  [
    'an empty class folder',
    { 'pets/cat/1.png': png, 'pets/dog/a.txt': '' },
    ['m', '--data', 'pets'],
    'the class folder "dog" in FOLDER/pets holds no image',
  ],
  [
    'images beside the class folders',
    { 'pets/1.png': png },
    ['m', '--data', 'pets'],
    'must hold one folder for each class, but it holds the image "1.png".',
  ],
  [
    'images of a kind that is not read',
    { 'pets/cat/1.tiff': png },
    ['m', '--data', 'pets'],
    'is an image of a kind that is not read.',
  ],
  [
    'one class',
    { 'pets/cat/1.png': png, 'pets/cat/2.png': png },
    ['m', '--data', 'pets'],
    'FOLDER/pets has one class of images, cat, so there is nothing to tell apart. Add a folder for each class. (CREATE_CANTRIP_DATA)',
  ],
  [
    'a class of one image',
    { 'pets/cat/1.png': png, 'pets/cat/2.png': png, 'pets/dog/1.png': png },
    ['m', '--data', 'pets'],
    'has too few examples to train on 0.8 of them and validate on the others: each class needs an example in each of the 2 parts, but class "dog" has only 1. Add examples, at least five of each class. (CREATE_CANTRIP_DATA)',
  ],
  [
    'an image that is a text',
    { ...pets, 'pets/cat/2.png': 'a text' },
    ['m', '--data', 'pets'],
    '[create-cantrip] the image FOLDER/pets/cat/2.png cannot be read',
  ],
  [
    'an image of no bytes',
    { ...pets, 'pets/cat/2.jpg': '' },
    ['m', '--data', 'pets'],
    'the image FOLDER/pets/cat/2.jpg cannot be read',
  ],
  [
    '--target with images',
    { 'pets/cat/1.png': png },
    ['m', '--data', 'pets', '--target', 'a'],
    '--target names a column, but the data are a folder of images. Leave out --target.',
  ],
  [
    '--target without data',
    {},
    ['m', '--target', 'a'],
    '--target names a column, but there is no table. Write --data table.csv too.',
  ],
  ['an empty table', { 'a.csv': '' }, ['m', '--data', 'a.csv'], '[readCsv]'],
  ['a table without rows', { 'a.csv': 'a,b\n' }, ['m', '--data', 'a.csv'], 'got only the names.'],
  [
    'a table whose rows differ in length',
    { 'a.csv': 'a,b\n1,2\n1,2,3\n' },
    ['m', '--data', 'a.csv'],
    '[readCsv] the file is not a table',
  ],
  [
    'a table that is not UTF-8',
    { 'a.csv': new Uint8Array([0x61, 0x2c, 0x62, 10, 0xe9, 0x2c, 0x31]) },
    ['m', '--data', 'a.csv'],
    'is not a text in UTF-8.',
  ],
  [
    'a table with a column twice',
    { 'a.csv': 'a,a\n1,2\n' },
    ['m', '--data', 'a.csv'],
    'two columns are named "a".',
  ],
  [
    'a table with an open quote',
    { 'a.csv': 'a,b\n"1,2\n' },
    ['m', '--data', 'a.csv'],
    '[readCsv] the file is not a table',
  ],
  ['a Parquet file that is a text', { 'a.parquet': 'a,b' }, ['m', '--data', 'a.parquet'], '[readParquet]'],
  [
    'a folder that ends in .csv',
    { 'a.csv/b.txt': '' },
    ['m', '--data', 'a.csv'],
    'must hold folders with images',
  ],
  [
    'a column that is not there',
    { 'a.csv': people() },
    ['m', '--data', 'a.csv', '--target', 'Bought'],
    'a.csv has no column "Bought". Its columns are "id", "age", "city", "income", "bought".',
  ],
  [
    'a target with a gap',
    { 'a.csv': people() },
    ['m', '--data', 'a.csv', '--target', 'age'],
    'column "age" of FOLDER/a.csv is to be predicted, but its value is missing in line 9.',
  ],
  [
    'a target of one value',
    { 'a.csv': 'a,b\n1,x\n2,x\n3,x\n' },
    ['m', '--data', 'a.csv'],
    'cannot be predicted: it has one value in 3 rows.',
  ],
  [
    'a target of names',
    { 'a.csv': 'a,b\n1,x\n2,y\n3,z\n' },
    ['m', '--data', 'a.csv'],
    'cannot be predicted: it has 3 different texts in 3 rows.',
  ],
  [
    'a class of one row',
    { 'a.csv': 'a,b\n1,x\n2,x\n3,x\n4,y\n' },
    ['m', '--data', 'a.csv'],
    'has too few examples to train on 0.8 of them and validate on the others: each class needs an example in each of the 2 parts, but class "y" has only 1.',
  ],
  [
    'a table with nothing to predict from',
    { 'a.csv': `id,b\n${Array.from({ length: 10 }, (_, row) => `${row},${'xy'[row % 2]}\n`).join('')}` },
    ['m', '--data', 'a.csv'],
    'has no column to predict "b" from. Change the columns, e.g. id, which numbers the rows.',
  ],
  [
    'a table of one column',
    { 'a.csv': `b\n${'x\ny\n'.repeat(5)}` },
    ['m', '--data', 'a.csv'],
    'has no column to predict "b" from. Add columns.',
  ],
  [
    'words after the folder',
    {},
    ['m', 'pets'],
    '[create-cantrip] there is one folder too many: pets. Write -- before the options: npm create cantrip@latest m -- --data pets. (CREATE_CANTRIP_ARGUMENT)',
  ],
  [
    'a misspelt option',
    {},
    ['m', '--date', 'pets'],
    "error: unknown option '--date'\n(Did you mean --data?)",
  ],
  ['an option without its value', {}, ['m', '--data'], "error: option '--data <path>' argument missing"],
];

describe('npm create cantrip', () => {
  it.each(refused)('refuses %s in one sentence, and writes nothing', async (_, files, args, sentence) => {
    write(folder, files);
    const there = all(folder);
    const { code, out, err } = await run(args);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(sentence.replace(/FOLDER(?!\))/g, folder));
    expect(err).not.toMatch(/^\s+at /m);
    if (!err.startsWith('error:')) expect(err.trim().split('\n')).toHaveLength(1);
    expect(all(folder)).toEqual(there);
  });

  it.each([
    [{ npm_config_data: 'true' }, ['m', 'pets']],
    [{ npm_config_data: 'pets' }, ['m']],
  ])('says that -- is missing where npm kept --data for itself: %j %j', async (env, args) => {
    const { code, err } = await run(args, env as unknown as Record<string, string>);
    expect(code).toBe(1);
    expect(err).toBe(
      '[create-cantrip] npm took --data for an option of its own. Write -- before the options: npm create cantrip@latest m -- --data pets. (CREATE_CANTRIP_ARGUMENT)\n',
    );
    expect(all(folder)).toEqual([]);
  });

  it('writes into an empty folder, and into one that has only a repository of git', async () => {
    mkdirSync('my-model');
    write(folder, { 'other/.git/config': 'a' });
    expect((await run(['my-model'])).code).toBe(0);
    process.chdir('other');
    expect((await run(['.'])).out).toMatch(
      /^Created the project in this folder\.\n.*\n\n {2}npm install\n {2}npm start\n$/,
    );
    expect(readdirSync('.')).toEqual(['.git', ...readdirSync('../my-model')].sort());
    // The shell that the user is in has not lost its folder.
    expect(existsSync(process.cwd())).toBe(true);
  });

  it('makes the folders above', async () => {
    expect((await run(['a/b/My Model'])).code).toBe(0);
    expect(fs.readFileSync('a/b/My Model/package.json', 'utf8')).toContain('"name": "my-model"');
    expect(fs.statSync('a/b/My Model').mode & 0o777).toBe(0o777 & ~process.umask());
  });

  it('keeps the size of images that are small and alike', async () => {
    await writeImages('pictures', 5);
    const { about } = await createProject({ folder: 'm', data: 'pictures' });
    expect(about).toEqual(['It tells 2 classes apart (blue, red): 10 images, 12 x 16 pixels.']);
  });

  const faults = [
    ['EACCES', 'you have no permission, EACCES'],
    ['ENOSPC', 'the disk is full, ENOSPC'],
    ['EROFS', 'the disk is read-only, EROFS'],
    ['EIO', 'EIO'],
  ] as const;
  const calls = ['mkdirSync', 'mkdtempSync', 'writeFileSync', 'renameSync'] as const;
  const moments = faults.flatMap(([code, words]) =>
    calls.flatMap((call) => [0, 3].map((at) => [code, words, call, call.startsWith('mk') ? 0 : at] as const)),
  );

  it.each(moments)(
    'leaves nothing behind at %s (%s) in %s %i, in a new folder and in an empty one',
    async (code, words, call, at) => {
      mkdirSync('empty');
      for (const name of ['a/new', 'empty']) {
        let count = 0;
        const real = fs[call] as (...args: unknown[]) => unknown;
        const spy = vi.spyOn(fs, call).mockImplementation(((...args: unknown[]) => {
          if (count++ === at) throw Object.assign(new Error(code), { code });
          return real(...args);
        }) as never);
        syncBuiltinESMExports();
        const { err } = await run([name]).finally(() => {
          spy.mockRestore();
          syncBuiltinESMExports();
        });
        expect(err).toBe(
          `[create-cantrip] the folder ${folder}/${name} cannot be written (${words}). Choose a folder that you may write. (CREATE_CANTRIP_FOLDER)\n`,
        );
        expect(all(folder)).toEqual(['empty']);
      }
    },
  );

  it.skipIf(process.getuid?.() === 0)('says that a folder may not be written', async () => {
    mkdirSync('locked');
    chmodSync('locked', 0o500);
    const { err } = await run(['locked/my-model']);
    chmodSync('locked', 0o700);
    expect(err).toContain('cannot be written (you have no permission, EACCES)');
  });

  it('does not follow a link to nothing', async () => {
    symlinkSync('nowhere', 'my-model');
    const { code } = await run(['my-model']);
    expect(code).toBe(1);
    expect(all(folder)).toEqual(['my-model']);
  });

  it('explains itself with examples', async () => {
    const { code, out } = await run(['--help']);
    expect(code).toBe(0);
    expect(out).toContain('$ npm create cantrip@latest my-model -- --data pets');
  });
});
