import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { kFold, randomFlip, split, weightedSample } from '@cantrip/data';
import { imageFolder } from '@cantrip/data/images';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { allOf, targetsOf, tensorOf } from '../fixtures/tiny-images.ts';

const root = mkdtempSync(join(tmpdir(), 'cantrip-folder-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;

const picture = (shade: number, width = 4, height = 3): Promise<Buffer> =>
  sharp(
    Uint8Array.from({ length: width * height * 3 }, (_, at) => (shade + 5 * at) % 256),
    { raw: { width, height, channels: 3 } },
  )
    .png()
    .toBuffer();

/** A folder with these images; a text is written as it stands. */
async function folderOf(files: Readonly<Record<string, number | string>>): Promise<string> {
  const folder = join(root, `${folders++}`);
  mkdirSync(folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), typeof content === 'number' ? await picture(content) : content);
  }
  return folder;
}

const many = (): Promise<string> =>
  folderOf(
    Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`${at % 3 ? 'b' : 'a'}/${at}.png`, at])),
  );
const firstBytes = async (batches: Parameters<typeof targetsOf>[0]): Promise<string[]> =>
  (await allOf(batches)).map(({ inputs }) => String(tensorOf(inputs).values));

describe('the classes of a folder', () => {
  it('have the order of code points, whatever the language of the machine', async () => {
    const names = ['b', 'a', 'B', 'é', 'z', 'Ä', '10', '2', '日本', '🐱'];
    const folder = await folderOf(Object.fromEntries(names.map((name) => [`${name}/ü.png`, 1])));
    const { classes, files } = await imageFolder(folder, { batchSize: 1 });
    // As Python's sorted().
    expect(classes).toEqual(['10', '2', 'B', 'a', 'b', 'z', 'Ä', 'é', '日本', '🐱']);
    expect(files[0]).toBe('10/ü.png');
  });

  it('are the same if a name is written with a combining accent, as on macOS', async () => {
    const folder = await folderOf({ 'e\u0301t\u00e9/1.png': 1, 'f/1.png': 2 });
    const { classes } = await imageFolder(folder, { batchSize: 1, classes: ['f', '\u00e9te\u0301'] });
    expect(classes).toEqual(['f', '\u00e9t\u00e9']);
    await expect(
      imageFolder(await folderOf({ 'e\u0301/1.png': 1, '\u00e9/1.png': 2 }), { batchSize: 1 }),
    ).rejects.toThrow('differ only in how Unicode writes it');
  });

  it('are no hidden folders and no files', async () => {
    const folder = await folderOf({
      'cat/1.png': 1,
      'cat/.2.png': 2,
      'cat/._1.png': 'x',
      'cat/notes.txt': 'x',
      'cat/Thumbs.db': 'x',
      'dog/deep/er/3.PNG': 3,
      '.ipynb_checkpoints/1.png': 1,
      '__MACOSX/cat/1.png': 'x',
      '.DS_Store': 'x',
      'labels.csv': 'x',
    });
    const { classes, files } = await imageFolder(folder, { batchSize: 1 });
    expect(classes).toEqual(['cat', 'dog']);
    expect(files).toEqual(['cat/1.png', 'dog/deep/er/3.PNG']);
  });

  it('may be given, also for a folder that lacks one', async () => {
    const train = await imageFolder(await folderOf({ 'a/1.png': 1, 'b/1.png': 2, 'c/1.png': 3 }), {
      batchSize: 1,
    });
    const test = await imageFolder(await folderOf({ 'c/1.png': 1, 'b/x.txt': 'x' }), {
      batchSize: 1,
      classes: train.classes,
    });
    expect(await targetsOf(test.batches())).toEqual([2]);
    await expect(
      imageFolder(await folderOf({ 'c/1.png': 1, 'd/1.png': 1 }), { batchSize: 1, classes: ['c'] }),
    ).rejects.toThrow('does not name "d"');
  });

  it('follow links to files and folders, and end in a link to a folder around them', async () => {
    const folder = await folderOf({ 'a/1.png': 1 });
    symlinkSync(join(folder, 'a'), join(folder, 'b'));
    symlinkSync(join(folder, 'a', '1.png'), join(folder, 'a', '2.png'));
    symlinkSync(folder, join(folder, 'a', 'again'));
    const { classes, files } = await imageFolder(folder, { batchSize: 1 });
    expect(classes).toEqual(['a', 'b']);
    expect(files).toContain('a/2.png');
    expect(files.filter((file) => file.startsWith('a/')).length).toBeLessThan(8);
  });
});

describe('the batches of a folder', () => {
  it('are the same in a worker thread, with a cache and without, from any place', async () => {
    const folder = await many();
    const options = { batchSize: 7, shuffle: true, augment: [randomFlip()], padLast: true };
    const here = await imageFolder(folder, { ...options, prefetch: 0, cache: false });
    const there = await imageFolder(folder, options);
    const wanted = await firstBytes(here.batches({ seed: 3, epoch: 1 }));
    expect(wanted).toHaveLength(5);
    expect(await firstBytes(there.batches({ seed: 3, epoch: 1 }))).toEqual(wanted);
    expect(await firstBytes(there.batches({ seed: 3, epoch: 1, start: 2 }))).toEqual(wanted.slice(2));
    expect(await firstBytes(there.batches({ seed: 4, epoch: 1 }))).not.toEqual(wanted);
  });

  it('carry the label of their image through shuffling, splitting, folds and sampling', async () => {
    const dataset = await imageFolder(await many(), { batchSize: 4, shuffle: true, prefetch: 0 });
    const shadeOf = Object.fromEntries(dataset.files.map((file) => [parseInt(file.split('/')[1]!), file[0]]));
    const [train, rest] = split(dataset, { first: 0.7, seed: 2, stratify: true });
    const parts = [
      train,
      rest,
      kFold(dataset, { folds: 3, stratify: true })[1]!.validation,
      weightedSample(train, { weights: 'balanced', examples: 40 }),
    ];
    for (const part of parts) {
      for await (const { inputs, targets } of part.batches({ seed: 9 })) {
        const { values, shape } = tensorOf(inputs);
        tensorOf(targets).values.forEach((label, row) => {
          expect(shadeOf[values[row * (values.length / shape[0]!)]!]).toBe('ab'[label]);
        });
      }
    }
    const labels = await Promise.all([train, rest].map((part) => targetsOf(part.batches())));
    expect(labels.map((part) => part.filter((label) => label === 0).length)).toEqual([7, 3]);
  });

  it('decode each image once if there is a cache', async () => {
    const folder = await many();
    const cached = await imageFolder(folder, { batchSize: 30, prefetch: 0 });
    const before = await firstBytes(cached.batches());
    const uncached = await imageFolder(folder, { batchSize: 30, prefetch: 0, cache: false });
    rmSync(join(folder, 'a'), { recursive: true });
    expect(await firstBytes(cached.batches())).toEqual(before);
    await expect(firstBytes(uncached.batches())).rejects.toThrow('cannot be decoded');
  });

  it('are told apart by their signature if a file changes', async () => {
    const folder = await many();
    const first = await imageFolder(folder, { batchSize: 3 });
    const again = await imageFolder(folder, { batchSize: 3 });
    expect(again.signature).toBe(first.signature);
    writeFileSync(join(folder, 'a', '0.png'), await picture(1, 40, 30));
    expect((await imageFolder(folder, { batchSize: 3 })).signature).not.toBe(first.signature);
  });
});

describe('a broken image', () => {
  const withBroken = async (): Promise<string> => {
    const folder = await folderOf({
      'a/1.png': 1,
      'a/2.png': 2,
      'b/3.png': 3,
      'b/4.png': 'not a picture',
      'b/5.png': '',
    });
    const whole = await sharp(await picture(7, 64, 64))
      .jpeg()
      .toBuffer();
    writeFileSync(join(folder, 'a', 'cut.jpg'), whole.subarray(0, whole.length >> 1));
    const png = readFileSync(join(folder, 'a', '1.png'));
    writeFileSync(join(folder, 'a', 'cut.png'), png.subarray(0, png.length - 25));
    return folder;
  };

  it.each([0, 2])('is named, with %i batches in advance', async (prefetch) => {
    const folder = await withBroken();
    const dataset = await imageFolder(folder, { size: 4, batchSize: 1, prefetch });
    expect(dataset.size).toBe(7);
    await expect(allOf(dataset.batches())).rejects.toMatchObject({
      code: 'DATA_FORMAT',
      message: expect.stringContaining(join(folder, 'a', 'cut.jpg')) as string,
    });
  });

  it.each([true, false])('is skipped and listed if asked for, cache %s', async (cache) => {
    const dataset = await imageFolder(await withBroken(), { size: 4, batchSize: 2, broken: 'skip', cache });
    expect(dataset.files).toEqual(['a/1.png', 'a/2.png', 'b/3.png']);
    expect(dataset.skipped.map(({ file }) => file)).toEqual(['a/cut.jpg', 'a/cut.png', 'b/4.png', 'b/5.png']);
    expect(await targetsOf(dataset.batches())).toEqual([0, 0, 1]);
  });
});

it.each<[string, Readonly<Record<string, number | string>>, object, string]>([
  ['a folder without an image', { 'a/x.txt': 'x' }, {}, 'the class folder "a"'],
  ['an empty class', { 'a/1.png': 1, 'b/x.txt': 'x' }, {}, 'the class folder "b"'],
  ['images without a class', { '1.png': 1 }, {}, 'holds the image "1.png"'],
  [
    'an image of another kind',
    { 'a/1.png': 1, 'a/2.bmp': 'x' },
    {},
    '2.bmp is an image of a kind that is not read',
  ],
  ['only broken images', { 'a/1.png': 'x' }, { size: 4, broken: 'skip' }, 'none of the 1 images'],
  ['a class twice', { 'a/1.png': 1 }, { classes: ['a', 'a'] }, 'names "a" twice'],
  ['a size that is no size', { 'a/1.png': 1 }, { size: 0 }, 'size must be'],
  ['two channels', { 'a/1.png': 1 }, { channels: 2 }, 'channels must be'],
  ['a color that is none', { 'a/1.png': 1 }, { background: [256, 0, 0] }, 'background'],
  ['an unknown option', { 'a/1.png': 1 }, { imageSize: 4 }, 'has no option imageSize'],
])('refuses %s', async (_, files, options, words) => {
  await expect(imageFolder(await folderOf(files), { batchSize: 1, ...options })).rejects.toThrow(words);
});

it('refuses images of several sizes if none is set, a link to nothing and a folder that is absent', async () => {
  const folder = await folderOf({ 'a/1.png': 1 });
  writeFileSync(join(folder, 'a', '2.png'), await picture(1, 5, 3));
  const dataset = await imageFolder(folder, { batchSize: 2, prefetch: 0 });
  await expect(allOf(dataset.batches())).rejects.toMatchObject({ code: 'SHAPE_MISMATCH' });
  symlinkSync(join(folder, 'gone.png'), join(folder, 'a', '3.png'));
  await expect(imageFolder(folder, { batchSize: 1 })).rejects.toThrow('leads to no file');
  await expect(imageFolder(join(folder, 'absent'), { batchSize: 1 })).rejects.toThrow('there is no folder');
});
