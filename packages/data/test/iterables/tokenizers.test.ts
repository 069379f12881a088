import { textDataset } from '@cantrip/data';
import { Tokenizer } from '@huggingface/tokenizers';
import { expect, it } from 'vitest';

/** As a `tokenizer.json` of a small BERT has it. */
const vocab = { '[UNK]': 0, '[CLS]': 1, '[SEP]': 2, to: 3, be: 4, or: 5, not: 6, '##s': 7 };
const special = (['[CLS]', '[SEP]'] as const).map((content) => ({
  id: vocab[content],
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
}));
const token = (id: string): object => ({ SpecialToken: { id, type_id: 0 } });
const tokenizer = new Tokenizer(
  {
    model: {
      type: 'WordPiece',
      vocab,
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
    },
    added_tokens: special,
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [token('[CLS]'), { Sequence: { id: 'A', type_id: 0 } }, token('[SEP]')],
      pair: [],
      special_tokens: Object.fromEntries(
        special.map(({ content, id }) => [content, { id: content, ids: [id], tokens: [content] }]),
      ),
    },
    decoder: null,
  },
  {},
);

it('textDataset takes the tokens of @huggingface/tokenizers', async () => {
  const dataset = textDataset({
    texts: ['To be, or NOT to bes', 'not'],
    tokenize: (text) => tokenizer.encode(text).ids,
    targets: { values: Int32Array.of(0, 1), shape: [2] },
    buckets: [4, 12],
    batchSize: 1,
    mask: true,
  });
  const rows: unknown[] = [];
  for await (const { inputs } of dataset.batches({ seed: 1, epoch: 0, start: 0 })) {
    const parts = inputs as Record<string, { values: ArrayLike<number> }>;
    rows.push(Object.values(parts).map(({ values }) => Array.from(values)));
  }
  expect(rows.sort()).toEqual([
    [
      [1, 3, 4, 0, 5, 6, 3, 4, 7, 2, 0, 0],
      [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0],
    ],
    [
      [1, 6, 2, 0],
      [1, 1, 1, 0],
    ],
  ]);
});
