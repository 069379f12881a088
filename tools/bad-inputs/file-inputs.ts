import { checkpoint, readCheckpoint } from '@cantrip/checkpoint';
import { imageFolder, listImages } from '@cantrip/data/images';
import { readCsv, readParquet } from '@cantrip/data/tables';
import { createReport } from '@cantrip/report';
import { readRunLog, runLog } from '@cantrip/run-log';
import { tinyData, tinyTrainer } from '@cantrip/testing';
import type { AnyPlugin } from '@cantrip/trainer';

/** Trains two epochs with a plugin. */
const trained = (plugin: () => AnyPlugin) => async (): Promise<unknown> => {
  const trainer = tinyTrainer([plugin()]);
  try {
    return await trainer.fit(tinyData(), { epochs: 2 });
  } finally {
    trainer.dispose();
  }
};

/** Files and folders that a user may name, which cannot be read: what is there, what is called, and the words of the error. */
export interface FileInput {
  readonly name: string;
  /** Path to content; a path that ends in a slash is an empty folder. */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  /** Called in the folder that holds the files. */
  readonly call: () => unknown;
  readonly error: string;
}

const image = (folder: string) => async (): Promise<unknown> => {
  const dataset = await imageFolder(folder, { batchSize: 1, size: 1, prefetch: 0 });
  for await (const batch of dataset.batches({ seed: 1, epoch: 0, start: 0 })) return batch;
  return undefined;
};
const csv = (text: string | Uint8Array, error: string, name: string): FileInput => ({
  name: `CSV ${name}`,
  files: { 'a.csv': text },
  call: () => readCsv('a.csv'),
  error,
});
const parquet = (bytes: string | Uint8Array, name: string): FileInput => ({
  name: `Parquet ${name}`,
  files: { 'a.parquet': bytes },
  call: () => readParquet('a.parquet'),
  error: '[readParquet] a.parquet cannot be read as Parquet',
});
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==',
  'base64',
);
const runJson =
  '{"format":"cantrip-run","version":1,"seed":1,"hyperparameters":{},"plugins":[],"description":{},"starts":[]}';
const log = (
  files: Readonly<Record<string, string | Uint8Array>>,
  error: string,
  name: string,
): FileInput => ({
  name: `a run folder ${name}`,
  files,
  call: () => readRunLog('run'),
  error,
});

export const fileInputs: readonly FileInput[] = [
  csv('', 'got nothing', 'without a byte'),
  csv('a,b\n', 'got only the names', 'without rows'),
  csv('a,b\n1,2\n3\n', 'the file is not a table', 'with a short row'),
  csv('a,b\n1,2\n3,4,5\n', 'the file is not a table', 'with a long row'),
  csv('a,b\n"1,2\n', 'the file is not a table', 'that ends within quotes'),
  csv('a,b\n1"x,2\n', 'the file is not a table', 'with a quote in a value'),
  csv('a,a\n1,2\n', 'two columns are named "a"', 'with a name twice'),
  csv('a,\n1,2\n', 'column 2 has no name', 'without a name'),
  csv(new Uint8Array([97, 10, 0xe9, 10]), 'is not a text in UTF-8', 'in Latin-1'),
  csv(new Uint8Array([0xff, 0xfe, 97, 0, 10, 0]), 'is not a text in UTF-8', 'in UTF-16'),
  { name: 'CSV that is a folder', files: { 'a.csv/': '' }, call: () => readCsv('a.csv'), error: '[readCsv]' },
  { name: 'CSV that is not there', files: {}, call: () => readCsv('a.csv'), error: '[readCsv]' },
  parquet('', 'without a byte'),
  parquet('a,b\n1,2\n', 'that is a text'),
  parquet('PAR1PAR1', 'that is only its mark'),
  parquet(new Uint8Array(100), 'of zeros'),
  {
    name: 'Parquet that is a folder',
    files: { 'a.parquet/': '' },
    call: () => readParquet('a.parquet'),
    error: '[readParquet]',
  },
  {
    name: 'Parquet that is not there',
    files: {},
    call: () => readParquet('a.parquet'),
    error: '[readParquet]',
  },
  {
    name: 'images that are not there',
    files: {},
    call: () => listImages('pets'),
    error: 'there is no folder',
  },
  {
    name: 'images that are a file',
    files: { pets: 'a' },
    call: () => listImages('pets'),
    error: 'is a file, not a folder',
  },
  {
    name: 'a folder without classes',
    files: { 'pets/': '' },
    call: () => listImages('pets'),
    error: 'must hold folders with images',
  },
  {
    name: 'an empty class',
    files: { 'pets/cat/': '', 'pets/dog/1.png': png },
    call: () => listImages('pets'),
    error: 'holds no image',
  },
  {
    name: 'images beside classes',
    files: { 'pets/1.png': png },
    call: () => listImages('pets'),
    error: 'must hold one folder for each class',
  },
  {
    name: 'images of another kind',
    files: { 'pets/cat/1.bmp': png },
    call: () => listImages('pets'),
    error: 'is an image of a kind that is not read',
  },
  {
    name: 'an image that is a text',
    files: { 'pets/cat/1.png': 'a text' },
    call: image('pets'),
    error: 'cat/1.png cannot be decoded',
  },
  {
    name: 'an image without a byte',
    files: { 'pets/cat/1.jpg': '' },
    call: image('pets'),
    error: 'cat/1.jpg cannot be decoded',
  },
  {
    name: 'an image that is cut off',
    files: { 'pets/cat/1.png': png.subarray(0, 45) },
    call: image('pets'),
    error: 'cat/1.png cannot be decoded',
  },
  log({}, '[run-log]', 'that is not there'),
  log({ run: 'a' }, '[run-log]', 'that is a file'),
  log({ 'run/': '' }, '[run-log]', 'that is empty'),
  log({ 'run/run.json': '{' }, '[run-log]', 'whose run.json is cut off'),
  log({ 'run/run.json': '' }, '[run-log]', 'whose run.json is empty'),
  log({ 'run/run.json': '[]' }, '[run-log]', 'whose run.json is a list'),
  log({ 'run/run.json': runJson.replace('"version":1', '"version":2') }, '[run-log]', 'of a later version'),
  log({ 'run/run.json': runJson.replace('cantrip-run', 'other') }, '[run-log]', 'of another program'),
  log(
    { 'run/run.json': runJson, 'run/scalars.jsonl': 'nonsense\n{"kind":"epoch"}\n' },
    '[run-log]',
    'with a broken line',
  ),
  log(
    { 'run/run.json': runJson, 'run/scalars.jsonl': '{"kind":"step"}\n' },
    '[run-log]',
    'with a line of other fields',
  ),
  { name: 'a report of nothing', files: {}, call: () => createReport(['runs']), error: '[report]' },
  {
    name: 'a report of a file',
    files: { runs: 'a' },
    call: () => createReport(['runs']),
    error: '[report]',
  },
  {
    name: 'a report of a folder without runs',
    files: { 'runs/a.txt': '' },
    call: () => createReport(['runs']),
    error: '[report]',
  },
  {
    name: 'a report of a broken run',
    files: { 'runs/run.json': '{' },
    call: () => createReport(['runs']),
    error: 'run.json',
  },
  {
    name: 'a run log in a file',
    files: { runs: 'a' },
    call: trained(() => runLog({ folder: 'runs' })),
    error: '[run-log]',
  },
  {
    name: 'a run log below a file',
    files: { runs: 'a' },
    call: trained(() => runLog({ folder: 'runs/first' })),
    error: '[run-log]',
  },
  {
    name: 'checkpoints in a file',
    files: { runs: 'a' },
    call: trained(() => checkpoint({ folder: 'runs' })),
    error: '[checkpoint]',
  },
  {
    name: 'checkpoints below a file',
    files: { runs: 'a' },
    call: trained(() => checkpoint({ folder: 'runs/first' })),
    error: '[checkpoint]',
  },
  {
    name: 'a checkpoint that is a text',
    files: { 'runs/step-0000000001/manifest.json': '{' },
    call: () => readCheckpoint('runs/step-0000000001'),
    error: '[checkpoint]',
  },
  {
    name: 'a checkpoint that is empty',
    files: { 'runs/step-0000000001/': '' },
    call: () => readCheckpoint('runs/step-0000000001'),
    error: '[checkpoint]',
  },
];
