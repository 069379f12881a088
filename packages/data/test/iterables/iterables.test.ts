import { fromIterable, type IterablePlace, textDataset } from '@cantrip/data';
import { createTrainer, meanSquaredError } from '@cantrip/trainer';
import { sgd } from '@cantrip/optimizers';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { allOf, targetsOf, tensorOf } from '../fixtures/tiny-images.ts';

const numbers = function* ({ epoch, examples }: IterablePlace) {
  for (let n = examples; ; n++) yield { inputs: Float32Array.of(n, epoch), targets: n };
};

describe('fromIterable', () => {
  it('reads an endless generator up to the number of examples that was promised', async () => {
    const dataset = fromIterable(numbers, { examples: 10, batchSize: 4 });
    const batches = await allOf(dataset.batches({ epoch: 2 }));
    expect(batches.map(({ size }) => size)).toEqual([4, 4, 2]);
    expect(tensorOf(batches[2]!.inputs)).toEqual({ values: Float32Array.of(8, 2, 9, 2), shape: [2, 2] });
    expect(tensorOf(batches[2]!.targets)).toEqual({ values: Int32Array.of(8, 9), shape: [2] });
    const full = fromIterable(numbers, { examples: 10, batchSize: 4, dropLast: true });
    expect(await targetsOf(full.batches())).toHaveLength(full.batchesPerEpoch * 4);
  });

  it.each([true, false])('continues at any example, where the function resumes: %s', async (resumes) => {
    const calls: number[] = [];
    const source = function* (place: IterablePlace) {
      calls.push(place.examples);
      yield* numbers(place);
    };
    const dataset = fromIterable(source, { examples: 10, batchSize: 4, resumes });
    expect(await targetsOf(dataset.batches({ examples: 3 }))).toEqual([3, 4, 5, 6, 7, 8, 9]);
    expect(await targetsOf(dataset.batches({ start: 2 }))).toEqual([8, 9]);
    expect(await targetsOf(dataset.batches({ examples: 10 }))).toEqual([]);
    expect(calls).toEqual(resumes ? [3, 8] : [0, 0]);
    expect(dataset.batchesAfter(3)).toBe(2);
  });

  it('takes async generators and values by name, and closes a generator that it leaves', async () => {
    let closed = 0;
    const source = async function* () {
      try {
        for (let n = 0; ; n++) {
          await Promise.resolve();
          yield {
            inputs: { a: Float32Array.of(n), b: { values: Uint8Array.of(n, n), shape: [1, 2] } },
            targets: 0,
          };
        }
      } finally {
        closed += 1;
      }
    };
    const [batch] = await allOf(fromIterable(source, { examples: 2, batchSize: 2 }).batches());
    expect(batch!.inputs).toEqual({
      a: { values: Float32Array.of(0, 1), shape: [2, 1] },
      b: { values: Uint8Array.of(0, 0, 1, 1), shape: [2, 1, 2] },
    });
    expect(closed).toBe(1);
  });

  it('trains, and an iterable that ends early is refused by the trainer', async () => {
    const trainer = createTrainer({
      device: 'cpu',
      model: () => sequential({ layers: [layers.dense({ units: 1, inputShape: [2] })] }),
      optimizer: sgd({ learningRate: 0.001 }),
      loss: meanSquaredError(),
    });
    const some = (end: number) => () =>
      Array.from({ length: end }, (_, n) => ({ inputs: Float32Array.of(n, 1), targets: Float32Array.of(n) }));
    const data = fromIterable(some(8), { examples: 8, batchSize: 4 });
    expect((await trainer.fit(data, { epochs: 2 })).epochs).toHaveLength(2);
    const short = fromIterable(some(5), { examples: 12, batchSize: 4 });
    await expect(trainer.fit(short, { epochs: 3 })).rejects.toMatchObject({ code: 'DATA_SHORT' });
    trainer.dispose();
  });

  it.each<[string, unknown, string]>([
    ['no function', [1, 2], '() => values'],
    ['a function that returns nothing', () => undefined, 'must return an iterable'],
    ['an example without targets', () => [{ inputs: 1 }], 'example 0 must be { inputs, targets }'],
    ['another shape', () => [one(1), one(1, 2)], 'inputs of example 1 is Float32Array [2]'],
    ['a number that is no integer', () => [{ inputs: 0.5, targets: 0 }], 'write Float32Array.of(0.5)'],
    [
      'doubles',
      () => [{ inputs: Float64Array.of(1), targets: 0 }],
      'must be a Uint8Array, Int32Array or Float32Array',
    ],
  ])('refuses %s', async (_, iterate, words) => {
    const read = async () =>
      allOf(fromIterable(iterate as typeof numbers, { examples: 2, batchSize: 2 }).batches());
    await expect(read()).rejects.toThrow(words);
  });
});

describe('textDataset', () => {
  const tokenize = (text: string) => text.split(' ').map((word) => word.length);
  const rest = { targets: { values: Int32Array.of(0, 1, 0), shape: [3] }, buckets: [2, 4], batchSize: 2 };

  it('pads texts to few lengths', async () => {
    const dataset = textDataset({ texts: ['a bb', 'a bb ccc', 'dddd'], tokenize, ...rest });
    const batches = await allOf(dataset.batches());
    expect(batches.map(({ inputs }) => tensorOf(inputs).values)).toEqual([
      Int32Array.of(1, 2, 4, 0),
      Int32Array.of(1, 2, 3, 0),
    ]);
  });

  it.each<[string, object, string]>([
    ['a text that is none', { texts: ['a', 1, 'b'] }, 'texts[1] must be a string'],
    ['an empty text', { tokenize: () => [] }, 'at least one token, got "a"'],
    ['a token that is no integer', { tokenize: () => [0.5] }, 'got 0.5'],
    ['a tokenizer that is asynchronous', { tokenize: () => Promise.resolve([1]) }, 'at once'],
    ['no tokenizer', { tokenize: undefined }, 'tokenize must be a function'],
    ['one string for all texts', { texts: 'abc' }, 'texts must be'],
  ])('refuses %s', (_, wrong, words) => {
    expect(() => textDataset({ texts: ['a', 'b', 'c'], tokenize, ...rest, ...wrong })).toThrow(words);
  });
});

function one(...values: number[]) {
  return { inputs: Float32Array.from(values), targets: 0 };
}
