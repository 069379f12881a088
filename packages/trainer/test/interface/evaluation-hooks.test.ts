import * as tf from '@tensorflow/tfjs-core';
import {
  accuracy,
  type AnyPlugin,
  type EvaluateContext,
  type EvaluatedOutput,
  type Plugin,
  type Snapshot,
  type Trainer,
} from '@cantrip/trainer';
import { plain, presentWays, tinyData, weightsOf } from '@cantrip/testing';
import { describe, expect, it, vi } from 'vitest';

/** Evaluates with weights that are all zero, so that every class is as likely as any other: a loss of ln 3. */
const zeros = (more: Partial<Plugin> = {}): AnyPlugin => ({
  name: 'zeros',
  variables: (run) =>
    Object.fromEntries(
      Object.entries(run.trainable()).map(([name, one]) => [name, tf.variable(tf.zeros(one.shape), false)]),
    ),
  onEvaluateBegin: ({ ownVariables, evaluateWith }) => evaluateWith(ownVariables),
  ...more,
});

const variablesOf = (snapshot: Snapshot): unknown => plain(snapshot.variables);

const lossOfZeros = Math.log(3);

describe.each(await presentWays())('evaluation hooks $name', ({ tinyTrainer }) => {
  it('stand around validation, evaluate and predict, and say which it is', async () => {
    const seen: string[] = [];
    const note = (hook: string) => (context: { purpose: string; epoch: number; step: number }) =>
      void seen.push(`${hook} ${context.purpose} ${context.epoch} ${context.step}`);
    const trainer = tinyTrainer([
      { name: 'note', onEvaluateBegin: note('begin'), onEvaluateEnd: note('end') },
    ]);
    const validation = { clean: tinyData(), few: tinyData({ examples: 3 }) };
    await trainer.fit(tinyData(), { epochs: 1, validation });
    await trainer.evaluate(tinyData());
    tf.dispose(await trainer.predict(tf.ones([2, 6, 6, 1])));
    expect(seen).toEqual([
      'begin validation 0 3',
      'end validation 0 3',
      'begin evaluate 1 3',
      'end evaluate 1 3',
      'begin predict 1 3',
      'end predict 1 3',
    ]);
    trainer.dispose();
  });

  it('tell of each batch, of which data it is, and how many there are', async () => {
    const seen: unknown[] = [];
    const note: AnyPlugin = {
      name: 'note',
      onEvaluateBatch: ({ purpose, prefix, batch, batches, epoch, step }) =>
        void seen.push([purpose, prefix, batch, batches, epoch, step]),
    };
    const trainer = tinyTrainer([note]);
    const two = tinyData({ examples: 8 });
    await trainer.fit(tinyData(), { epochs: 1, validation: { clean: tinyData(), few: two } });
    await trainer.fit(tinyData(), { epochs: 2, validation: two });
    await trainer.evaluate(two);
    tf.dispose(await trainer.predict(two));
    tf.dispose(await trainer.predict(tf.ones([2, 6, 6, 1])));
    const of = (prefix: string, batches: number, ...[purpose, epoch, step]: readonly unknown[]): unknown[] =>
      Array.from({ length: batches }, (_, at) => [purpose, prefix, at + 1, batches, epoch, step]);
    const batchesOf = (examples: number): number => tinyData({ examples }).batchesPerEpoch;
    expect(seen).toEqual([
      ...of('validation_clean_', tinyData().batchesPerEpoch, 'validation', 0, 3),
      ...of('validation_few_', batchesOf(8), 'validation', 0, 3),
      ...of('validation_', batchesOf(8), 'validation', 1, 6),
      ...of('', batchesOf(8), 'evaluate', 2, 6),
      ...of('', batchesOf(8), 'predict', 2, 6),
    ]);
    trainer.dispose();
  });

  it('see the examples of each batch with the outputs if they ask for them', async () => {
    const seen: string[] = [];
    let equal = true;
    const note: AnyPlugin = {
      name: 'note',
      onEvaluateBegin: ({ purpose, keepExamples }) => void (purpose === 'validation' && keepExamples()),
      async onEvaluateBatch({ purpose, examples }) {
        if (!examples) return void seen.push(`${purpose} none`);
        const { size, inputs, outputs } = examples;
        const [{ output, loss, outputs: given, targets, weights }] = outputs as [EvaluatedOutput];
        const again = (await trainer.predict(inputs as never)) as tf.Tensor;
        equal &&= String(await again.data()) === String(await given.data());
        again.dispose();
        seen.push(
          `${purpose} ${size} ${output}${loss.name} ${given.shape} ${targets.shape} ${weights === undefined}`,
        );
      },
    };
    const trainer = tinyTrainer([note], { metrics: [accuracy()] });
    const data = tinyData({ examples: 6, batch: 4 });
    await trainer.evaluate(data);
    await trainer.fit(data, { epochs: 1, validation: data });
    expect(seen).toEqual([
      'evaluate none',
      'evaluate none',
      'validation 4 softmaxCrossEntropy 4,3 4 true',
      'validation 2 softmaxCrossEntropy 2,3 2 true',
    ]);
    expect(equal).toBe(true);
    const before = tf.memory().numTensors;
    await trainer.fit(data, { epochs: 2, validation: data });
    expect(tf.memory().numTensors).toBe(before);
    trainer.dispose();
  });

  it('end the evaluation if one of them throws, which names the plugin', async () => {
    const note: AnyPlugin = {
      name: 'note',
      onEvaluateBatch: ({ batch }) => {
        if (batch === 2) throw new Error('no');
      },
    };
    const trainer = tinyTrainer([note]);
    await expect(trainer.evaluate(tinyData())).rejects.toThrow('[note] onEvaluateBatch threw: no.');
    trainer.dispose();
  });

  it('evaluate with the weights that a plugin gives, and give the own ones back', async () => {
    const trainer = tinyTrainer([zeros()]);
    const validation = tinyData({ examples: 9 });
    const { epochs } = await trainer.fit(tinyData(), { epochs: 2, validation });
    for (const logs of epochs) expect(logs['validation_loss']).toBeCloseTo(lossOfZeros, 5);
    expect((await trainer.evaluate(validation))['loss']).toBeCloseTo(lossOfZeros, 5);
    const output = (await trainer.predict(tf.ones([2, 6, 6, 1]))) as tf.Tensor;
    expect([...output.dataSync()]).toEqual([0, 0, 0, 0, 0, 0]);
    const plain = tinyTrainer([]);
    await plain.fit(tinyData(), { epochs: 2, validation });
    expect(await weightsOf(trainer)).toEqual(await weightsOf(plain));
    for (const one of [trainer, plain]) one.dispose();
  });

  it('know which variables an earlier plugin lends', async () => {
    const seen: string[][] = [];
    const note: AnyPlugin = {
      name: 'note',
      onEvaluateBegin: ({ lent }: EvaluateContext) => void seen.push([...lent].sort()),
    };
    const trainer = tinyTrainer([{ ...note, name: 'before' }, zeros(), note]);
    await trainer.evaluate(tinyData());
    const { run } = await trainer.open();
    expect(seen).toEqual([[], Object.keys(run.trainable()).sort()]);
    trainer.dispose();
  });

  it('read and upload nothing to evaluate with other weights', async () => {
    const copies = async (plugins: readonly AnyPlugin[]): Promise<number> => {
      const trainer = tinyTrainer(plugins);
      await trainer.evaluate(tinyData());
      const engine = tf.engine();
      const spies = [vi.spyOn(engine, 'read'), vi.spyOn(engine, 'readSync'), vi.spyOn(engine, 'makeTensor')];
      await trainer.evaluate(tinyData());
      const count = spies.reduce((sum, spy) => sum + spy.mock.calls.length, 0);
      vi.restoreAllMocks();
      trainer.dispose();
      return count;
    };
    const without = await copies([]);
    expect(without).toBeGreaterThan(0);
    expect(await copies([zeros()])).toBe(without);
  });

  it('leave no tensor behind', async () => {
    const trainer = tinyTrainer([zeros()]);
    await trainer.evaluate(tinyData());
    const before = tf.memory().numTensors;
    for (let i = 0; i < 3; i++) await trainer.evaluate(tinyData());
    expect(tf.memory().numTensors).toBe(before);
    trainer.dispose();
  });

  it('give the own weights back where the evaluation fails, and call onEvaluateEnd', async () => {
    let ended = 0;
    const trainer = tinyTrainer([zeros({ onEvaluateEnd: () => void ended++ })]);
    await trainer.fit(tinyData(), { epochs: 1 });
    const before = await weightsOf(trainer);
    const broken = {
      batchesPerEpoch: 2,
      *batches(request: never) {
        yield* [...(tinyData().batches(request) as Iterable<never>)].slice(0, 1);
        throw new Error('no more data');
      },
    };
    await expect(trainer.evaluate(broken as never)).rejects.toThrow('no more data');
    expect(ended).toBe(1);
    expect(await weightsOf(trainer)).toEqual(before);
    trainer.dispose();
  });

  it('save the own weights also in the middle of an evaluation with others', async () => {
    const snapshots: unknown[] = [];
    let trainer: Trainer | undefined = undefined;
    const saving: AnyPlugin = {
      name: 'saving',
      onEvaluateBegin: async () => void snapshots.push(variablesOf(await trainer!.save())),
    };
    trainer = tinyTrainer([zeros(), saving]);
    await trainer.fit(tinyData(), { epochs: 1 });
    const variables = variablesOf(await trainer.save());
    await trainer.evaluate(tinyData());
    expect(snapshots).toEqual([variables]);
    trainer.dispose();
  });

  it('let a plugin predict in the middle of an evaluation', async () => {
    let trainer: Trainer | undefined = undefined;
    const outputs: number[] = [];
    const predicting: AnyPlugin = {
      name: 'predicting',
      onEvaluateBegin: async ({ purpose }: EvaluateContext) => {
        if (purpose !== 'evaluate') return;
        const output = (await trainer!.predict(tf.ones([1, 6, 6, 1]))) as tf.Tensor;
        outputs.push(...output.dataSync());
      },
    };
    trainer = tinyTrainer([zeros(), predicting]);
    expect((await trainer.evaluate(tinyData()))['loss']).toBeCloseTo(lossOfZeros, 5);
    expect(outputs).toEqual([0, 0, 0]);
    trainer.dispose();
  });

  it('refuse what would wait for itself', async () => {
    let trainer: Trainer | undefined = undefined;
    const waiting = (ask: (trainer: Trainer) => Promise<unknown>): AnyPlugin => ({
      name: 'waiting',
      onEvaluateBegin: async () => void (await ask(trainer!)),
    });
    const asks: readonly ((trainer: Trainer) => Promise<unknown>)[] = [
      (one) => one.evaluate(tinyData()),
      (one) => one.fit(tinyData(), { epochs: 1 }),
    ];
    for (const ask of asks) {
      trainer = tinyTrainer([waiting(ask)]);
      await expect(trainer.evaluate(tinyData())).rejects.toThrow('TRAINER_BUSY');
      trainer.dispose();
    }
  });

  const wrong: readonly (readonly [string, unknown, RegExp])[] = [
    ['no object', 3, /^\[zeros\] evaluateWith must receive tensors by names of run.variables, got 3/],
    [
      'a name that the model does not have',
      { nobody: tf.scalar(0) },
      /evaluateWith received nobody, which is not a variable of the model/,
    ],
    ['no tensor', { 'dense_1/bias': [0, 0, 0] }, /must receive a float32 tensor \[3\] as/],
  ];
  it.each(wrong)('refuse %s', async (_, values, words) => {
    const trainer = tinyTrainer([
      {
        name: 'zeros',
        onEvaluateBegin: ({ run, evaluateWith }: EvaluateContext) => {
          const bias = Object.keys(run.variables).find((name) => name.endsWith('/bias'))!;
          const named =
            typeof values === 'object'
              ? Object.fromEntries(
                  Object.entries(values!).map(([k, v]) => [k === 'dense_1/bias' ? bias : k, v]),
                )
              : values;
          evaluateWith(named as never);
        },
      },
    ]);
    await expect(trainer.evaluate(tinyData())).rejects.toThrow(words);
    trainer.dispose();
  });

  it('refuse another shape, and weights that come too late', async () => {
    let late: EvaluateContext['evaluateWith'] | undefined;
    const trainer = tinyTrainer([
      {
        name: 'late',
        onEvaluateBegin: ({ run, evaluateWith }: EvaluateContext) => {
          const name = Object.keys(run.trainable())[0]!;
          expect(() => evaluateWith({ [name]: tf.zeros([7]) })).toThrow(/got a float32 tensor \[7\]/);
          late = evaluateWith;
        },
      },
    ]);
    await trainer.evaluate(tinyData());
    expect(() => late!({})).toThrow('evaluateWith must be called in onEvaluateBegin, but was called later');
    trainer.dispose();
  });
});
