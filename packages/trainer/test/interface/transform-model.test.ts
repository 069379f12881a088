import { sgd } from '@cantrip/optimizers';
import * as tf from '@tensorflow/tfjs-core';
import {
  input,
  layers,
  type LayersModel,
  model as functional,
  type Sequential,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import {
  type AnyPlugin,
  meanSquaredError,
  type ModelFunction,
  type Plugin,
  type Trainer,
} from '@cantrip/trainer';
import { presentWays, tinyData, tinyModel, tinyTrainer as plainTrainer, weightsOf } from '@cantrip/testing';
import { describe, expect, it } from 'vitest';

/** Another head behind the given model, whose layers it shares. It changes nothing of the given one. */
const widened = (name = 'widened'): AnyPlugin => ({
  name,
  transformModel(given) {
    const before = given as LayersModel;
    const head = layers.dense({ units: 3, name: `${name}_head` }).apply(before.outputs[0]!);
    return functional({ inputs: before.inputs, outputs: head as SymbolicTensor });
  },
});

/** Changes the given model itself, and says how to undo it. */
const biased = (by: number): AnyPlugin => ({
  name: 'biased',
  transformModel(given) {
    const dense = (given as LayersModel).layers.at(-1)!;
    const bias = dense.getWeights()[1]!;
    const before = bias.clone();
    tf.tidy(() => dense.setWeights([dense.getWeights()[0]!, tf.add(bias, by)]));
    return {
      model: given,
      undo() {
        dense.setWeights([dense.getWeights()[0]!, before]);
        before.dispose();
      },
    };
  },
});

/** What others see of a model. */
const seen = (model: LayersModel): unknown => ({
  layers: model.layers.map(({ name }) => name),
  weights: model.weights.map((weight) => [weight.name, Array.from(weight.read().dataSync())]),
  nodes: model.layers.map(({ inboundNodes, outboundNodes }) => [inboundNodes.length, outboundNodes.length]),
  output: model.layers.at(-1)!.output === model.outputs[0],
});

const ways = await presentWays();

describe.each(ways)('transformModel $name', ({ tinyTrainer }) => {
  it('trains the model that it returns, whose variables have names and slots', async () => {
    const trainer = tinyTrainer([widened()]);
    const { run } = await trainer.open();
    expect(Object.keys(run.variables)).toContain('widened_head/kernel');
    const before = await weightsOf(trainer);
    await trainer.fit(tinyData(), { epochs: 1 });
    const after = await weightsOf(trainer);
    expect(after['widened_head/kernel']).not.toEqual(before['widened_head/kernel']);
    expect(Object.keys((await trainer.save()).slots).join()).toContain('widened_head/kernel');
    const { loss } = await trainer.evaluate(tinyData());
    expect(loss).toBeGreaterThan(0);
    const outputs = (await trainer.predict({
      values: new Float32Array(72),
      shape: [2, 6, 6, 1],
    })) as tf.Tensor;
    expect(outputs.shape).toEqual([2, 3]);
    outputs.dispose();
    trainer.dispose();
  });

  it('gives new layers their initial values by seed and name, and leaves the others theirs', async () => {
    const initial = async (...plugins: AnyPlugin[]): Promise<Record<string, readonly number[]>> => {
      const trainer = tinyTrainer(plugins);
      const weights = await weightsOf(trainer);
      trainer.dispose();
      return weights;
    };
    const [plain, once, again, both] = [
      await initial(),
      await initial(widened()),
      await initial(widened()),
      await initial(widened('other'), widened()),
    ];
    expect(again).toEqual(once);
    for (const [name, values] of Object.entries(plain)) expect(once[name]).toEqual(values);
    expect(both['widened_head/kernel']).toEqual(once['widened_head/kernel']);
  });

  it('continues after save and restore to the same bits', async () => {
    const make = (): Trainer => tinyTrainer([biased(0.5), widened()]);
    const whole = make();
    await whole.fit(tinyData(), { epochs: 2 });
    const first = make();
    await first.fit(tinyData(), { epochs: 1 });
    const second = make();
    await second.restore(structuredClone(await first.save()));
    await second.fit(tinyData(), { epochs: 2 });
    expect(await weightsOf(second)).toEqual(await weightsOf(whole));
    const without = tinyTrainer([]);
    await expect(without.restore(await first.save())).rejects.toThrow(/STATE_MISMATCH/);
    for (const trainer of [whole, first, second, without]) trainer.dispose();
  });

  it('leaves a model of the user as it was after dispose, and no tensor', async () => {
    const model = tinyModel();
    model.predict(tf.zeros([1, 6, 6, 1]));
    const before = seen(model);
    const trainer = tinyTrainer([biased(0.5)], { model });
    await trainer.open();
    expect(seen(model)).not.toEqual(before);
    trainer.dispose();
    expect(seen(model)).toEqual(before);
    const count = tf.memory().numTensors;
    const other = tinyTrainer([widened()], { model });
    await other.fit(tinyData(), { epochs: 1 });
    other.dispose();
    expect(tf.memory().numTensors).toBe(count);
    expect((seen(model) as { nodes: unknown }).nodes).toEqual((before as { nodes: unknown }).nodes);
    model.dispose();
  });
});

describe('transformModel', () => {
  it('receives the model of the plugin before it, in list order', async () => {
    const names: string[] = [];
    const telling = (name: string): AnyPlugin => ({
      name,
      transformModel: (model) => (names.push(`${name}: ${(model as LayersModel).layers.length}`), model),
    });
    const trainer = plainTrainer([telling('a'), widened(), telling('b')]);
    const { run } = await trainer.open();
    expect(names).toEqual(['a: 6', 'b: 8']);
    expect((run.model as LayersModel).layers).toHaveLength(8);
    expect(trainer.explain()).toMatch(/^transformModel {7}host {2}a -> widened -> b$/m);
    trainer.dispose();
  });

  it('undoes in reverse order, also if a later plugin or the model fails while the trainer opens', async () => {
    const failing: readonly (readonly [string, AnyPlugin])[] = [
      ['transformModel', { name: 'failing', transformModel: () => fail() }],
      ['setup', { name: 'failing', setup: () => fail() }],
      ['variables', { name: 'failing', variables: () => fail() }],
      ['a wrong return', { name: 'failing', transformModel: () => 3 as never }],
    ];
    for (const [, plugin] of failing) {
      const model = tinyModel();
      const before = seen(model);
      const count = tf.memory().numTensors;
      const order: string[] = [];
      const undone = (name: string): AnyPlugin => ({
        name,
        transformModel: (given) => ({ model: given, undo: () => void order.push(name) }),
      });
      const plugins = [undone('a'), biased(1), undone('b'), widened(), plugin];
      const trainer = plainTrainer(plugins, { model });
      await expect(trainer.fit(tinyData(), { epochs: 1 })).rejects.toThrow(/^\[failing\]/);
      expect(order).toEqual(['b', 'a']);
      expect(seen(model)).toEqual(before);
      expect(tf.memory().numTensors).toBe(count);
      trainer.dispose();
      model.dispose();
    }
  });

  it('frees a model that the trainer itself created, if a transform fails', async () => {
    const count = tf.memory().numTensors;
    const trainer = plainTrainer([widened(), { name: 'failing', transformModel: () => fail() }]);
    await expect(trainer.open()).rejects.toThrow(/^\[failing\] transformModel threw: no luck/);
    expect(tf.memory().numTensors).toBe(count);
    trainer.dispose();
  });

  it('undoes what it changed even if it returns a wrong model', async () => {
    let undone = 0;
    const trainer = plainTrainer([
      { name: 'wrong', transformModel: () => ({ model: 3, undo: () => void undone++ }) as never },
    ]);
    await expect(trainer.open()).rejects.toThrow(/HOOK_RESULT/);
    expect(undone).toBe(1);
    trainer.dispose();
  });

  it('changes a model that is a function, and the variables that it creates are trained', async () => {
    const scaled: Plugin = {
      name: 'scaled',
      transformModel(given) {
        const factor = tf.tidy(() => tf.variable(tf.scalar(2), true, 'factor'));
        const inner = given as ModelFunction;
        return (inputs, context) => tf.mul(inner(inputs, context) as tf.Tensor, factor);
      },
    };
    const count = tf.memory().numTensors;
    const trainer = plainTrainer([scaled], {
      model: () => {
        const kernel = tf.tidy(() => tf.variable(tf.ones([36, 3]), true, 'kernel'));
        return (inputs) => tf.matMul(tf.reshape(inputs as tf.Tensor, [-1, 36]), kernel as tf.Tensor2D);
      },
    });
    await trainer.fit(tinyData(), { epochs: 1 });
    const weights = await weightsOf(trainer);
    expect(Object.keys(weights)).toEqual(['kernel', 'factor']);
    expect(weights['factor']![0]).not.toBe(2);
    const { run } = await trainer.open();
    trainer.dispose();
    expect(run.variables['factor']!.isDisposed).toBe(true);
    run.variables['kernel']!.dispose();
    expect(tf.memory().numTensors).toBe(count);
  });

  it('changes a model with several inputs and outputs', async () => {
    const [left, right] = ['left', 'right'].map((name) => input({ shape: [2], name }));
    const sum = layers.dense({ units: 4, name: 'sum' }).apply(layers.concatenate().apply([left!, right!]));
    const outputs = ['one', 'two'].map((name) => layers.dense({ units: 1, name }).apply(sum));
    const model = functional({ inputs: [left!, right!], outputs: outputs as SymbolicTensor[] });
    const before = seen(model);
    const doubled: Plugin = {
      name: 'doubled',
      transformModel(given) {
        const { inputs, outputs } = given as LayersModel;
        const further = layers.dense({ units: 1, name: 'further' }).apply(outputs[1]!);
        return functional({ inputs, outputs: [outputs[0]!, further as SymbolicTensor] });
      },
    };
    const trainer = plainTrainer([doubled], {
      model,
      loss: { one: meanSquaredError(), further: meanSquaredError() },
      metrics: {},
      optimizer: sgd({ learningRate: 0.001 }),
    });
    const column = [[1], [2], [3], [4]];
    const both = column.map(([one]) => [one!, one!]);
    await trainer.fit(
      { left: both, right: both },
      { one: column, further: column },
      { epochs: 2, batchSize: 2 },
    );
    expect(Object.keys(await weightsOf(trainer))).toContain('further/kernel');
    trainer.dispose();
    expect((seen(model) as { nodes: unknown }).nodes).toEqual((before as { nodes: unknown }).nodes);
    model.dispose();
  });

  it('serves two trainers of one model at once, in any order of dispose', async () => {
    for (const firstOut of [0, 1]) {
      const model = tinyModel();
      const before = seen(model);
      const count = tf.memory().numTensors;
      const plugin = widened();
      const trainers = [plainTrainer([plugin], { model }), plainTrainer([plugin], { model })];
      for (const trainer of trainers) await trainer.open();
      trainers[firstOut]!.dispose();
      await trainers[1 - firstOut]!.evaluate(tinyData());
      trainers[1 - firstOut]!.dispose();
      expect(seen(model)).toEqual(before);
      expect(tf.memory().numTensors).toBe(count);
      const variables = model.weights.map((weight) => weight.read());
      model.dispose();
      expect(variables.every(({ isDisposed }) => isDisposed)).toBe(true);
    }
  });

  it('refuses a model that still computes with a layer removed from its list', async () => {
    const popped = (model: LayersModel): LayersModel => (void model.layers.pop(), model);
    const plugin: AnyPlugin = { name: 'popping', transformModel: (model) => popped(model as LayersModel) };
    const trainer = plainTrainer([plugin]);
    await expect(trainer.open()).rejects.toThrow(
      /^\[popping\] transformModel must return a model whose layers compute its outputs, got one whose list of layers lacks dense_Dense\d+\. .*\(HOOK_RESULT\)$/,
    );
    trainer.dispose();
    const own = plainTrainer([], { model: () => popped(tinyModel()) });
    await expect(own.open()).rejects.toThrow(/^\[createTrainer\] .*list of layers lacks.*\(MODEL_INVALID\)$/);
    own.dispose();
    const rightly = (): LayersModel => {
      const model = tinyModel();
      (model as Sequential).pop();
      return model;
    };
    const right = plainTrainer([], { model: rightly });
    const { run } = await right.open();
    expect(Object.keys(run.variables).join()).not.toContain('dense');
    right.dispose();
  });

  const wrong: readonly (readonly [string, unknown, RegExp])[] = [
    [
      'nothing',
      () => undefined,
      /^\[wrong\] transformModel must return a model or \{ model, undo \}, got undefined/,
    ],
    ['a promise', async (model: unknown) => Promise.resolve(model), /^\[wrong\] .* promise.*\(HOOK_ASYNC\)$/],
    ['a layer', (model: LayersModel) => model.layers[0], /^\[wrong\] .*\(HOOK_RESULT\)$/],
    ['a class', () => class {}, /HOOK_RESULT/],
    ['an async function', () => async () => undefined, /HOOK_RESULT/],
    ['a misspelt key', (model: unknown) => ({ model, undone: () => undefined }), /HOOK_RESULT/],
    ['an undo that is no function', (model: unknown) => ({ model, undo: 3 }), /HOOK_RESULT/],
    [
      'a function in place of a LayersModel',
      () => (x: unknown) => x,
      /^\[wrong\] transformModel must return a LayersModel, as it received, got a function\. Return a model of the kind that the hook received\. \(HOOK_RESULT\)$/,
    ],
  ];
  it.each(wrong)('that returns %s is refused by plugin and hook', async (_, transformModel, words) => {
    const trainer = plainTrainer([{ name: 'wrong', transformModel } as AnyPlugin]);
    await expect(trainer.open()).rejects.toThrow(words);
    trainer.dispose();
  });
});

function fail(): never {
  throw new Error('no luck');
}
