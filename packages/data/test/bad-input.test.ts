import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  arrayDataset,
  randomCrop,
  randomFlip,
  readIdx,
  readIdxFolder,
  rebatch,
  split,
  standardization,
  subset,
  take,
} from '@cantrip/data';
import { type ErrorCode, isCantripError } from '@cantrip/errors';
import { expect, it } from 'vitest';
import { fileOf, folderOf, idxBytes } from './fixtures/idx-bytes.ts';
import { allOf, tinyImages } from './fixtures/tiny-images.ts';

type Case = readonly [name: string, run: () => unknown, code: ErrorCode, message: RegExp];

const pixels = Buffer.alloc(24, 7);
const good = idxBytes([2, 3, 4], pixels);
const labels = idxBytes([2], Buffer.of(0, 1));
const read = (bytes: Uint8Array | string) => () => readIdx(fileOf(bytes));
const readTrain =
  (files: Record<string, Uint8Array>, options: object = {}) =>
  () =>
    readIdxFolder(folderOf(files), { split: 'train', ...options });
const images = 'train-images-idx3-ubyte';
const classes = 'train-labels-idx1-ubyte';

const files: readonly Case[] = [
  [
    'a file that does not exist',
    () => readIdx('/nowhere/train'),
    'DATA_NOT_FOUND',
    /there is no file \/nowhere\/train\./,
  ],
  [
    'a folder for a file',
    () => readIdx(folderOf({})),
    'DATA_NOT_FOUND',
    /must be a file, but it is a folder\. .*readIdxFolder/,
  ],
  ['an empty file', read(''), 'DATA_EMPTY', /is empty\./],
  ['a file of two bytes', read(good.subarray(0, 2)), 'DATA_FORMAT', /it has only 2 of the first 4 bytes/],
  [
    'a file that ends in its header',
    read(good.subarray(0, 9)),
    'DATA_FORMAT',
    /ends within its header of 16 bytes/,
  ],
  [
    'a truncated file',
    read(good.subarray(0, 20)),
    'DATA_FORMAT',
    /promises \[2, 3, 4\] uint8 values, 24 bytes, but 4 follow/,
  ],
  [
    'an oversized file',
    read(Buffer.concat([good, Buffer.alloc(3)])),
    'DATA_FORMAT',
    /is too long: .*but 27 follow/,
  ],
  [
    'a header of 10^19 bytes',
    read(idxBytes([4e9, 4e9], pixels)),
    'DATA_FORMAT',
    /is truncated: .*but 24 follow/,
  ],
  [
    'an unknown element type',
    read(idxBytes([24], pixels, 0x0a)),
    'DATA_FORMAT',
    /element type 0x0a, .*0x08, 0x09/,
  ],
  ['no dimension', read(Buffer.of(0, 0, 8, 0)), 'DATA_FORMAT', /says 0 dimensions, but only 1 to 8/],
  ['255 dimensions', read(Buffer.of(0, 0, 8, 255)), 'DATA_FORMAT', /says 255 dimensions/],
  ['no example', read(idxBytes([0, 28, 28], Buffer.alloc(0))), 'DATA_EMPTY', /says the shape \[0, 28, 28\]/],
  [
    'a text',
    read('hello'),
    'DATA_FORMAT',
    /must begin with two zero bytes, but begins with 0x68 0x65 0x6c 0x6c/,
  ],
  [
    'a web page',
    read('<!DOCTYPE html>'),
    'DATA_FORMAT',
    /is not an IDX file but a web page: the download failed/,
  ],
  ['a zip archive', read('PK\x03\x04'), 'DATA_FORMAT', /a zip archive: unpack it first/],
  ['gzip in gzip', read(gzipSync(gzipSync(good))), 'DATA_FORMAT', /compressed by gzip twice/],
  [
    'gzip of half a file',
    read(gzipSync(good.subarray(0, 20))),
    'DATA_FORMAT',
    /is truncated: .*but 4 follow/,
  ],
  [
    'gzip of a longer file',
    read(gzipSync(Buffer.concat([good, pixels]))),
    'DATA_FORMAT',
    /is too long: .*but more follow/,
  ],
  [
    'truncated gzip',
    read(gzipSync(good).subarray(0, 30)),
    'DATA_FORMAT',
    /is a damaged gzip file \(unexpected end of file\)/,
  ],
  ['damaged gzip', read(damaged(gzipSync(good))), 'DATA_FORMAT', /is a damaged gzip file \(/],
  [
    'a gzip header of 10^19 bytes',
    read(gzipSync(idxBytes([4e9, 4e9], pixels))),
    'DATA_FORMAT',
    /promises \[4000000000, 4000000000\] uint8 values, but \d+ bytes of gzip cannot hold them/,
  ],
  [
    'gzip of more than is allowed',
    () => readIdx(fileOf(gzipSync(good)), { maxBytes: 23 }),
    'DATA_FORMAT',
    /unpacks to 24 bytes, which is more than maxBytes, 23/,
  ],
  [
    'maxBytes of 0',
    () => readIdx(fileOf(good), { maxBytes: 0 }),
    'OPTION_INVALID',
    /maxBytes must be >= 1, got 0/,
  ],
  [
    'a folder that does not exist',
    () => readIdxFolder('/nowhere', { split: 'train' }),
    'DATA_NOT_FOUND',
    /no folder \/nowhere/,
  ],
  [
    'a file for a folder',
    () => readIdxFolder(fileOf(good), { split: 'train' }),
    'DATA_NOT_FOUND',
    /is a file, not a folder/,
  ],
  [
    'an unknown split',
    readTrain({}, { split: 'validation' }),
    'OPTION_INVALID',
    /split must be .*got "validation"/,
  ],
  [
    'an empty folder',
    readTrain({}),
    'DATA_NOT_FOUND',
    /must hold the file train-images-idx3-ubyte, plain or \.gz, but it holds nothing/,
  ],
  [
    'a folder without labels',
    readTrain({ [images]: good }),
    'DATA_NOT_FOUND',
    /must hold the file train-labels-idx1-ubyte.*holds train-images/,
  ],
  [
    'several sets in a folder',
    readTrain({ [`a-${images}`]: good, [`b-${images}`]: good }),
    'DATA_NOT_FOUND',
    /it holds "a", "b"\. Set the option prefix/,
  ],
  [
    'labels where images are expected',
    readTrain({ [images]: labels, [classes]: labels }),
    'DATA_FORMAT',
    /must hold images .*, got \[2\] uint8 values/,
  ],
  [
    'images where labels are expected',
    readTrain({ [images]: good, [classes]: good }),
    'DATA_FORMAT',
    /must hold labels .*, got \[2, 3, 4\] uint8 values/,
  ],
  [
    'fewer labels than images',
    readTrain({ [images]: good, [classes]: idxBytes([1], Buffer.of(0)) }),
    'DATA_FORMAT',
    /got 2 images in .* and 1 labels in/,
  ],
];

const tiny = { ...tinyImages(4), batchSize: 2 };
const floats = { values: new Float32Array(4), shape: [4] };
const make = (changes: object) => () => arrayDataset({ ...tiny, ...changes });
const dataset = arrayDataset(tiny);

const datasets: readonly Case[] = [
  [
    'no options',
    () => arrayDataset(undefined as never),
    'OPTION_INVALID',
    /options must be a plain object, got undefined/,
  ],
  [
    'a misspelt option',
    make({ batchsize: 2 }),
    'OPTION_INVALID',
    /has no option batchsize\. Its options are inputs, targets/,
  ],
  [
    'no inputs',
    make({ inputs: undefined }),
    'OPTION_INVALID',
    /inputs must be an object with values and shape, .*undefined/,
  ],
  [
    'inputs without a shape',
    make({ inputs: { values: floats.values } }),
    'OPTION_INVALID',
    /inputs must be an object with/,
  ],
  ['no input in a record', make({ inputs: {} }), 'OPTION_INVALID', /inputs must be an object with/],
  [
    'a bad input in a record',
    make({ inputs: { left: 3 } }),
    'OPTION_INVALID',
    /inputs\.left must be .*got 3/,
  ],
  [
    'a plain array',
    make({ targets: { values: [0, 1, 2, 3], shape: [4] } }),
    'DTYPE_MISMATCH',
    /targets\.values .*got \[0, 1, 2, 3\]/,
  ],
  [
    'doubles',
    make({ inputs: { values: new Float64Array(4), shape: [4] } }),
    'DTYPE_MISMATCH',
    /got Float64Array\(4\)/,
  ],
  [
    'a shape that does not fit',
    make({ inputs: { ...floats, shape: [3] } }),
    'SHAPE_MISMATCH',
    /inputs\.shape must match the 4 numbers of inputs\.values, got \[3\]/,
  ],
  [
    'a shape of fractions',
    make({ inputs: { ...floats, shape: [0.5, 8] } }),
    'SHAPE_MISMATCH',
    /inputs\.shape must .*, got \[0\.5, 8\]/,
  ],
  [
    'a shape without axes',
    make({ inputs: { ...floats, shape: [] } }),
    'SHAPE_MISMATCH',
    /inputs\.shape must .*, got \[\]/,
  ],
  [
    'an empty dataset',
    make({ inputs: { values: new Float32Array(0), shape: [0, 2] } }),
    'DATA_EMPTY',
    /inputs must hold at least one example, got shape \[0, 2\]/,
  ],
  [
    'unlike numbers of examples',
    make({ inputs: { values: new Float32Array(6), shape: [3, 2] } }),
    'SHAPE_MISMATCH',
    /inputs has 3 examples, but targets has 4/,
  ],
  ['batchSize 0', make({ batchSize: 0 }), 'OPTION_INVALID', /batchSize must be >= 1, got 0/],
  ['batchSize 2.5', make({ batchSize: 2.5 }), 'OPTION_INVALID', /batchSize must be an integer, got 2\.5/],
  ['shuffle "yes"', make({ shuffle: 'yes' }), 'OPTION_INVALID', /shuffle must be a boolean, got "yes"/],
  ['prefetch -1', make({ prefetch: -1 }), 'OPTION_INVALID', /prefetch must be >= 0, got -1/],
  [
    'dropLast that leaves nothing',
    make({ batchSize: 5, dropLast: true }),
    'DATA_EMPTY',
    /4 examples make no full batch of 5/,
  ],
  [
    'dropLast with padLast',
    make({ dropLast: true, padLast: true }),
    'OPTION_INVALID',
    /\[arrayDataset\] dropLast and padLast must not both be true/,
  ],
  [
    'the same of rebatch',
    () => rebatch(dataset, { dropLast: true, padLast: true }),
    'OPTION_INVALID',
    /\[rebatch\] dropLast and padLast must not both be true/,
  ],
  [
    'padTarget without padLast',
    make({ padTarget: -1 }),
    'OPTION_INVALID',
    /padTarget has no effect without padLast\. Set padLast/,
  ],
  [
    'padLast of float targets without a number for them',
    make({ targets: floats, padLast: true }),
    'OPTION_INVALID',
    /\[arrayDataset\] padTarget is required/,
  ],
  [
    'padTarget that no integer is',
    make({ padLast: true, padTarget: 0.5 }),
    'OPTION_INVALID',
    /padTarget must be a number that an integer of 32 bits can hold, got 0\.5/,
  ],
  [
    'padTarget of a target that there is not',
    () => rebatch(dataset, { padLast: true, padTarget: { kind: 1 } }),
    'OPTION_INVALID',
    /\[rebatch\] padTarget names kind/,
  ],
  [
    'a target that is no class',
    make({ classes: 3 }),
    'LABEL_OUT_OF_RANGE',
    /targets must be a class in \[0, 3\), got 3 in example 3/,
  ],
  [
    'a negative target',
    make({ classes: 3, targets: { values: Int32Array.of(0, -1, 1, 2), shape: [4] } }),
    'LABEL_OUT_OF_RANGE',
    /got -1 in example 1/,
  ],
  [
    'one-hot targets of other classes',
    make({ classes: 3, targets: { values: new Float32Array(8), shape: [4, 2] } }),
    'SHAPE_MISMATCH',
    /each example of targets must have 3 classes on its last axis, got shape \[2\]/,
  ],
  ['0 classes', make({ classes: 0 }), 'OPTION_INVALID', /classes must be >= 1, got 0/],
  [
    'classes of an unknown target',
    make({ classes: { kind: 3 } }),
    'OPTION_INVALID',
    /classes names kind, but there is no target/,
  ],
  [
    'normalization of floats',
    make({ inputs: floats, normalization: { scale: 1, offset: 0 } }),
    'DTYPE_MISMATCH',
    /normalization needs bytes, but inputs\.values is Float32Array\(4\)/,
  ],
  [
    'normalization of other channels',
    make({ normalization: { scale: [1, 2], offset: 0 } }),
    'SHAPE_MISMATCH',
    /normalization\.scale is \[1, 2\], but each example of inputs is \[5, 4, 1\]/,
  ],
  [
    'normalization that is not finite',
    make({ normalization: { scale: 1, offset: Infinity } }),
    'OPTION_INVALID',
    /normalization\.offset must be .*got Infinity/,
  ],
  [
    'augment that is no list',
    make({ augment: randomFlip() }),
    'OPTION_INVALID',
    /augment must be an array, got an object/,
  ],
  [
    'a factory that was not called',
    make({ augment: [{ kind: 'rotate' }] }),
    'OPTION_INVALID',
    /augment must hold only augmentations, got an object of Object/,
  ],
  [
    'augmented vectors',
    make({ inputs: floats, augment: [randomFlip()] }),
    'SHAPE_MISMATCH',
    /but inputs is \[examples\]\. Give the images four axes/,
  ],
  [
    'augment without a name',
    make({ inputs: { image: tiny.inputs }, augment: [randomFlip()] }),
    'OPTION_INVALID',
    /augment must name the inputs/,
  ],
  [
    'augment of an unknown input',
    make({ inputs: { image: tiny.inputs }, augment: { picture: [] } }),
    'OPTION_INVALID',
    /augment names picture, but the inputs are image/,
  ],
  [
    'an augmentation that returns',
    () => allOf(arrayDataset({ ...tiny, augment: [doubled as never] }).batches()),
    'HOOK_RESULT',
    /the augmentation doubled must return nothing, but it returned a value\. Change image\.values in place/,
  ],
  [
    'padding -1',
    () => randomCrop({ padding: -1 }),
    'OPTION_INVALID',
    /\[randomCrop\] padding must be >= 0, got -1/,
  ],
  [
    'no padding',
    () => randomCrop({} as never),
    'OPTION_INVALID',
    /\[randomCrop\] padding is missing\. Set padding/,
  ],
  [
    'a fill that is no number',
    () => randomCrop({ padding: 1, fill: NaN }),
    'OPTION_INVALID',
    /fill must be .*got NaN/,
  ],
  [
    'a probability above 1',
    () => randomFlip({ probability: 1.5 }),
    'OPTION_INVALID',
    /probability must be <= 1, got 1\.5/,
  ],
  [
    'an unknown axis',
    () => randomFlip({ axis: 'diagonal' as never }),
    'OPTION_INVALID',
    /axis must be .*got "diagonal"/,
  ],
  [
    'a deviation of 0',
    () => standardization({ standardDeviation: 0 }),
    'OPTION_INVALID',
    /standardDeviation must be > 0, got 0/,
  ],
  [
    'channels that do not fit',
    () => standardization({ mean: [0, 0, 0], standardDeviation: [1] }),
    'SHAPE_MISMATCH',
    /the same number of channels, got 3 and 1/,
  ],
  [
    'a seed that is no integer',
    () => dataset.batches({ seed: 0.5 }),
    'OPTION_INVALID',
    /\[batches\] seed must be a safe integer, got 0\.5/,
  ],
  [
    'epoch -1',
    () => dataset.batches({ epoch: -1 }),
    'OPTION_INVALID',
    /epoch must be an integer in \[0, 2\^53\), got -1/,
  ],
  [
    'a start behind the end',
    () => dataset.batches({ start: 3 }),
    'STATE_MISMATCH',
    /start is 3, but an epoch has 2 batches/,
  ],
  [
    'take of too many',
    () => take(dataset, 5),
    'OPTION_INVALID',
    /\[take\] count must be an integer in \[1, 4\], got 5/,
  ],
  [
    'a subset of nothing',
    () => subset(dataset, []),
    'DATA_EMPTY',
    /\[subset\] positions must hold at least one number/,
  ],
  [
    'a subset beyond the end',
    () => subset(dataset, [0, 4]),
    'OPTION_INVALID',
    /positions must hold integers in \[0, 4\), got 4/,
  ],
  [
    'a split that leaves nothing',
    () => split(dataset, { first: 4 }),
    'OPTION_INVALID',
    /first must leave at least one of the 4 examples in both parts, got 4/,
  ],
  [
    'a split of a negative share',
    () => split(dataset, { first: -0.5 }),
    'OPTION_INVALID',
    /first must be > 0, got -0\.5/,
  ],
  [
    'a part of something else',
    () => take({ size: 4 } as never, 1),
    'OPTION_INVALID',
    /\[take\] the first argument must be a dataset/,
  ],
  [
    'rebatch by a misspelt option',
    () => rebatch(dataset, { size: 2 } as never),
    'OPTION_INVALID',
    /\[rebatch\] has no option size/,
  ],
];

it.each([...files, ...datasets])('%s', async (_, run, code, message) => {
  const error = await failureOf(run);
  expect(isCantripError(error) ? error.code : error).toBe(code);
  expect((error as Error).message).toMatch(message);
  expect((error as Error).message).toMatch(/^\[\w+\] [^\n]+\. [A-Z][^\n]+\. \([A-Z_]+\)$/);
});

it('a file in the wrong place is named', async () => {
  const folder = folderOf({ [images]: labels, [classes]: labels });
  const error = await failureOf(() => readIdxFolder(folder, { split: 'train' }));
  expect((error as Error).message).toContain(join(folder, images));
});

async function failureOf(run: () => unknown): Promise<unknown> {
  try {
    await run();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

function damaged(bytes: Buffer): Buffer {
  bytes[12] = bytes[12]! ^ 0xff;
  return bytes;
}

function doubled({ values }: { values: Uint8Array }): Uint8Array {
  return values.map((value) => 2 * value);
}
