import type { HostTensor } from '@cantrip/ops';
import { CantripError, describe } from '@cantrip/errors';
import type { BucketedDatasetOptions } from '../buckets/bucketed-options.ts';
import { type BucketedDataset, bucketedDataset } from '../dataset/bucketed-dataset.ts';
import { requireList } from '../source/require-list.ts';

export interface TextDatasetOptions extends Omit<
  BucketedDatasetOptions,
  'inputs' | 'normalization' | 'axis'
> {
  readonly texts: Iterable<string>;
  /** Turns a text into token ids: integers >= 0, at least one. Any tokenizer library fits. */
  readonly tokenize: (text: string) => Iterable<number>;
}

const who = 'textDataset';

/**
 * Makes a dataset of texts, padded to few lengths. Each text is turned into int32 token ids once, when the dataset is made.
 *
 * All other options are those of `bucketedDataset`.
 *
 * @throws CantripError OPTION_INVALID that names the text, and all errors of `bucketedDataset`
 * @example
 * ```ts
 * const dataset = textDataset({
 *   texts: ['a b', 'a b c'],
 *   tokenize: (text) => text.split(' ').map((word) => word.charCodeAt(0)),
 *   targets: { values: Int32Array.of(0, 1), shape: [2] },
 *   buckets: [4],
 *   batchSize: 2,
 *   mask: true,
 * });
 * ```
 */
export function textDataset(options: TextDatasetOptions): BucketedDataset {
  if (typeof options !== 'object' || options === null) throw invalid('options', 'must be an object', options);
  const { texts, tokenize, ...rest } = options;
  if (typeof tokenize !== 'function') throw invalid('tokenize', 'must be a function', tokenize);
  requireList(who, 'texts', texts);
  return bucketedDataset({ ...rest, inputs: Array.from(texts, (text, at) => tokensOf(text, at, tokenize)) });
}

function tokensOf(text: unknown, at: number, tokenize: TextDatasetOptions['tokenize']): HostTensor {
  if (typeof text !== 'string') throw invalid(`texts[${at}]`, 'must be a string', text);
  const given: unknown = tokenize(text);
  if (typeof given !== 'object' || given === null || !(Symbol.iterator in given))
    throw invalid(`tokenize of texts[${at}]`, 'must return an array of token ids, at once', given);
  const ids = [...(given as Iterable<unknown>)];
  const wrong = ids.find((id) => !Number.isInteger(id) || (id as number) < 0 || (id as number) >= 2 ** 31);
  if (wrong !== undefined) throw invalid(`tokenize of texts[${at}]`, 'must return integers >= 0', wrong);
  if (ids.length === 0) throw invalid(`tokenize of texts[${at}]`, 'must return at least one token', text);
  return { values: Int32Array.from(ids as number[]), shape: [ids.length] };
}

function invalid(name: string, wanted: string, received: unknown): CantripError {
  return new CantripError('OPTION_INVALID', {
    who,
    what: `${name} ${wanted}, got ${describe(received)}`,
    fix: 'Write textDataset({ texts: [text, …], tokenize: (text) => [1, 2, 3], … })',
  });
}
