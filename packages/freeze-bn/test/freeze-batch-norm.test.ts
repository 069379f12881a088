import '@tensorflow/tfjs-backend-cpu';
import { freezeBatchNorm } from '@cantrip/freeze-bn';
import { expectClose } from '@cantrip/testing';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { batch, outputs, setStatistics, trainStep, twoNorms, values } from './models.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const trainableNames = (model: tfl.LayersModel): string[] =>
  model.trainableWeights.map(({ originalName }) => originalName);

describe('a frozen batch normalisation', () => {
  it('normalises with its moving statistics when it is called in training', () => {
    const model = twoNorms();
    const inference = outputs(model, false);
    expect(outputs(model, true)).not.toEqual(inference);
    freezeBatchNorm(model);
    expect(outputs(model, true)).toEqual(outputs(model, false));
  });

  it('normalises at inference to the bit as before', () => {
    const model = twoNorms();
    const inference = outputs(model, false);
    freezeBatchNorm(model);
    expect(outputs(model, false)).toEqual(inference);
    expect([...(model.predict(batch()) as tf.Tensor).dataSync()]).toEqual(inference);
  });

  it('keeps its moving statistics and its gamma and beta through training, while other layers train', () => {
    const model = twoNorms();
    freezeBatchNorm(model);
    const norms = [...values(model, 'stem_bn'), ...values(model, 'head_bn')];
    const stem = values(model, 'stem');
    for (let step = 0; step < 3; step++) trainStep(model);
    expect([...values(model, 'stem_bn'), ...values(model, 'head_bn')]).toEqual(norms);
    expect(values(model, 'stem')).not.toEqual(stem);
  });

  it("trains gamma and beta with affine: 'train', and keeps its moving statistics", () => {
    const model = twoNorms();
    freezeBatchNorm(model, { affine: 'train' });
    const [gamma, beta, mean, variance] = values(model, 'stem_bn');
    trainStep(model);
    const after = values(model, 'stem_bn');
    expect(after.slice(2)).toEqual([mean, variance]);
    expect(after[0]).not.toEqual(gamma);
    expect(after[1]).not.toEqual(beta);
  });

  it('holds in model.fit of a model that is compiled afterwards', async () => {
    const model = twoNorms();
    freezeBatchNorm(model);
    model.compile({ optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError' });
    const norms = values(model, 'stem_bn');
    const head = values(model, 'head');
    await model.fit(batch(), tf.ones([8, 2]), { epochs: 2, batchSize: 4, verbose: 0 });
    expect(values(model, 'stem_bn')).toEqual(norms);
    expect(values(model, 'head')).not.toEqual(head);
  });

  it('leaks no tensor', () => {
    const model = twoNorms();
    freezeBatchNorm(model);
    trainStep(model);
    const before = tf.memory().numTensors;
    trainStep(model);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('freezing survives', () => {
  it.each<[string, (model: tfl.LayersModel) => void]>([
    ['trainable of the layer set to true', (model) => (model.getLayer('stem_bn').trainable = true)],
    [
      'trainable of the layer switched off and on',
      (model) => {
        model.getLayer('stem_bn').trainable = false;
        model.getLayer('stem_bn').trainable = true;
      },
    ],
    ['trainable of the model set to true', (model) => (model.trainable = true)],
    [
      'trainable of the model switched off and on',
      (model) => {
        model.trainable = false;
        model.trainable = true;
      },
    ],
    ['compile', (model) => model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' })],
    [
      'calls in training and at inference in turn',
      (model) => [true, false, true].forEach((mode) => outputs(model, mode)),
    ],
    ['setWeights', (model) => model.getLayer('stem_bn').setWeights(model.getLayer('stem_bn').getWeights())],
  ])('%s', (_what, flip) => {
    const model = twoNorms();
    freezeBatchNorm(model);
    flip(model);
    const norm = values(model, 'stem_bn');
    trainStep(model);
    expect(values(model, 'stem_bn')).toEqual(norm);
    expect(outputs(model, true)).toEqual(outputs(model, false));
    expect(trainableNames(model).filter((name) => /gamma|beta/.test(name))).toEqual([]);
  });
});

describe('the option reassert', () => {
  const replace = (model: tfl.LayersModel): void => {
    model.getLayer('stem_bn').call = (x) => tf.mul(Array.isArray(x) ? x[0]! : x, 7);
  };

  it('keeps a call that is put in the place of the frozen one back until the freezing ends', () => {
    const model = twoNorms();
    const frozen = outputs(model, false);
    const undo = freezeBatchNorm(model);
    replace(model);
    expect(outputs(model, true)).toEqual(frozen);
    undo();
    const replaced = outputs(model, false);
    expect(replaced).not.toEqual(frozen);
    Reflect.deleteProperty(model.getLayer('stem_bn'), 'call');
    expect(outputs(model, false)).toEqual(frozen);
  });

  it('lets it take over with reassert: false', () => {
    const model = twoNorms();
    const undo = freezeBatchNorm(model, { reassert: false });
    const frozen = outputs(model, true);
    replace(model);
    const replaced = outputs(model, true);
    expect(replaced).not.toEqual(frozen);
    undo();
    expect(outputs(model, false)).not.toEqual(frozen);
  });

  it.each<[string, (model: tfl.LayersModel) => void]>([
    ['a layer', (model) => (model.getLayer('stem_bn').trainable = true)],
    ['the model', (model) => (model.trainable = true)],
  ])(
    'lets trainable of %s thaw gamma and beta with reassert: false, and leaves the statistics',
    (_of, flip) => {
      const model = twoNorms();
      const undo = freezeBatchNorm(model, { layers: 'stem_bn', reassert: false });
      const [gamma, , mean, variance] = values(model, 'stem_bn');
      expect(trainableNames(model)).not.toContain('stem_bn/gamma');
      flip(model);
      expect(trainableNames(model).some((name) => name.includes('stem_bn/gamma'))).toBe(true);
      trainStep(model);
      const after = values(model, 'stem_bn');
      expect(after[0]).not.toEqual(gamma);
      expect(after.slice(2)).toEqual([mean, variance]);
      undo();
      expect(trainableNames(model).some((name) => name.includes('stem_bn/gamma'))).toBe(true);
    },
  );

  it('holds for those who want it where others do not', () => {
    const model = twoNorms();
    const inference = outputs(model, false);
    const undoLoose = freezeBatchNorm(model, { reassert: false });
    const undoFirm = freezeBatchNorm(model);
    replace(model);
    model.trainable = true;
    expect(outputs(model, true)).toEqual(inference);
    undoFirm();
    expect(trainableNames(model)).toHaveLength(8);
    undoLoose();
    expect(trainableNames(model)).toHaveLength(8);
  });
});

describe('two freezings that differ', () => {
  it('do what freezes more, until it is undone', () => {
    const model = twoNorms();
    const statistics = values(model, 'stem_bn');
    const undoBatch = freezeBatchNorm(model, { normalizeWith: 'batch', affine: 'train' });
    const batchOutputs = outputs(model, true);
    expect(batchOutputs).not.toEqual(outputs(model, false));
    expect(values(model, 'stem_bn')).toEqual(statistics);
    const undoMoving = freezeBatchNorm(model, { statistics: 'update', affine: 'train' });
    expect(outputs(model, true)).toEqual(outputs(model, false));
    expect(values(model, 'stem_bn')).toEqual(statistics);
    undoMoving();
    expect(outputs(model, true)).toEqual(batchOutputs);
    undoBatch();
    expect(Object.hasOwn(model.getLayer('stem_bn'), 'call')).toBe(false);
  });
});

describe('undoing', () => {
  it('leaves a model that behaves to the bit as one that was never frozen', () => {
    const [frozenOnce, never] = [twoNorms(), twoNorms()];
    never.setWeights(frozenOnce.getWeights());
    freezeBatchNorm(frozenOnce)();
    for (const model of [frozenOnce, never]) trainStep(model);
    expect(outputs(frozenOnce, true)).toEqual(outputs(never, true));
    expect(values(frozenOnce)).toEqual(values(never));
  });

  it('leaves no property behind on layers and variables', () => {
    const model = twoNorms();
    const owned = (): unknown =>
      model.layers.flatMap((layer) =>
        [layer, ...layer.weights].map((one) => Object.getOwnPropertyNames(one)),
      );
    const before = owned();
    const undo = freezeBatchNorm(model);
    expect(owned()).not.toEqual(before);
    undo();
    expect(owned()).toEqual(before);
  });

  it('leaves the trainable flags as they were', () => {
    const model = twoNorms();
    model.getLayer('head_bn').trainable = false;
    const before = trainableNames(model);
    const undo = freezeBatchNorm(model);
    expect(trainableNames(model)).not.toEqual(before);
    undo();
    expect(trainableNames(model)).toEqual(before);
  });

  it('gives a flag that was set in the meantime its effect', () => {
    const model = twoNorms();
    const undo = freezeBatchNorm(model);
    model.getLayer('stem_bn').trainable = false;
    undo();
    expect(trainableNames(model).filter((name) => name.includes('gamma'))).toHaveLength(1);
  });

  it('does nothing the second time', () => {
    const model = twoNorms();
    const undoFirst = freezeBatchNorm(model);
    const undoSecond = freezeBatchNorm(model);
    undoFirst();
    undoFirst();
    expect(outputs(model, true)).toEqual(outputs(model, false));
    undoSecond();
    expect(outputs(model, true)).not.toEqual(outputs(model, false));
  });

  it('in another order than that of freezing leaves what is still frozen', () => {
    const model = twoNorms();
    const undoStatistics = freezeBatchNorm(model, { affine: 'train' });
    const undoAll = freezeBatchNorm(model, { layers: 'stem_bn' });
    undoStatistics();
    const stem = values(model, 'stem_bn');
    const head = values(model, 'head_bn');
    trainStep(model);
    expect(values(model, 'stem_bn')).toEqual(stem);
    expect(values(model, 'head_bn')).not.toEqual(head);
    undoAll();
    expect(Object.hasOwn(model.getLayer('stem_bn'), 'call')).toBe(false);
  });

  it('keeps a wrapper that was put around the frozen call in the meantime', () => {
    const model = twoNorms();
    const layer = model.getLayer('stem_bn');
    const undo = freezeBatchNorm(model);
    const frozenCall = layer.call.bind(layer);
    let calls = 0;
    layer.call = (inputs, kwargs) => {
      calls += 1;
      return frozenCall(inputs, kwargs);
    };
    undo();
    expect(outputs(model, true)).not.toEqual(outputs(model, false));
    expect(calls).toBe(2);
  });
});

describe('unusual models', () => {
  it.each([{ scale: false }, { center: false }, { scale: false, center: false }, {}])(
    'train with a frozen layer of %j',
    (config) => {
      const { layers } = tfl;
      const model = tfl.sequential({
        layers: [
          layers.dense({ units: 4, inputShape: [3], name: 'first' }),
          layers.batchNormalization({ ...config, name: 'norm' }),
          layers.dense({ units: 1 }),
        ],
      });
      setStatistics(model);
      const inference = outputs(model, false);
      freezeBatchNorm(model);
      expect(outputs(model, true)).toEqual(inference);
      const [norm, first] = [values(model, 'norm'), values(model, 'first')];
      trainStep(model);
      expect(values(model, 'norm')).toEqual(norm);
      expect(values(model, 'first')).not.toEqual(first);
    },
  );

  it.each([{}, { scale: false }])('normalise along an axis that is not the last, %j', (config) => {
    const model = tfl.sequential({
      layers: [tfl.layers.batchNormalization({ ...config, axis: 1, inputShape: [3, 2, 2] })],
    });
    setStatistics(model);
    const x = tf.randomNormal([4, 3, 2, 2], 5, 2, 'float32', 1);
    const run = (training: boolean): number[] => [...(model.apply(x, { training }) as tf.Tensor).dataSync()];
    const inference = run(false);
    freezeBatchNorm(model);
    expectClose(run(true), inference, { relative: 1e-6, absolute: 1e-6 });
  });

  it('freezes the layers of nested models and of wrappers, and finds them by their path', () => {
    const wrapped = tfl.layers.batchNormalization({ name: 'wrapped' });
    const outer = tfl.sequential({
      layers: [
        twoNorms(),
        tfl.layers.reshape({ targetShape: [1, 2] }),
        tfl.layers.timeDistributed({ layer: wrapped, name: 'over_time' }),
      ],
      name: 'outer',
    });
    const undoNested = freezeBatchNorm(outer, { layers: ['*/stem_bn', 'over_time/wrapped'] });
    expect(Object.hasOwn(wrapped, 'call')).toBe(true);
    expect(outputs(outer, true)).not.toEqual(outputs(outer, false));
    undoNested();
    freezeBatchNorm(outer);
    expect(outputs(outer, true)).toEqual(outputs(outer, false));
  });

  it('freezes a layer that is used twice once', () => {
    const input = tfl.input({ shape: [3] });
    const norm = tfl.layers.batchNormalization({ name: 'shared' });
    const once = norm.apply(input) as tfl.SymbolicTensor;
    const model = tfl.model({ inputs: input, outputs: norm.apply(once) as tfl.SymbolicTensor });
    const undo = freezeBatchNorm(model);
    expect(outputs(model, true)).toEqual(outputs(model, false));
    undo();
    expect(Object.hasOwn(norm, 'call')).toBe(false);
  });
});
