import '@tensorflow/tfjs-backend-cpu';
import { batchNormFreezing } from '@cantrip/freeze-bn';
import type { Run } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { outputs, twoNorms } from './models.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

type Model = ReturnType<typeof twoNorms>;
const setUp = (plugin: ReturnType<typeof batchNormFreezing>, model: Model): (() => void) => {
  const run = { model, restructure: () => undefined } as unknown as Run;
  const { undo } = plugin.setup!(run, plugin.state!()) as { readonly undo: () => void };
  return undo;
};

const trained = (model: Model): string[] =>
  model.trainableWeights.map(({ originalName }) => originalName.replace(/^(\w+)\/(?:.*\/)?(\w+)$/, '$1/$2'));

describe('batchNormFreezing', () => {
  it('freezes the model of the run, and undoes it when the run is disposed', () => {
    const model = twoNorms();
    const undo = setUp(batchNormFreezing(), model);
    expect(outputs(model, true)).toEqual(outputs(model, false));
    undo();
    expect(outputs(model, true)).not.toEqual(outputs(model, false));
  });

  it('takes frozen gamma and beta out of the training, and nothing else', () => {
    const model = twoNorms();
    const plugin = batchNormFreezing({ layers: 'stem_bn' });
    const before = trained(model);
    const undo = setUp(plugin, model);
    const left = trained(model);
    expect(before.filter((name) => !left.includes(name))).toEqual(['stem_bn/gamma', 'stem_bn/beta']);
    undo();
    expect(trained(model)).toEqual(before);
  });

  it("leaves them in with affine: 'train'", () => {
    const model = twoNorms();
    const plugin = batchNormFreezing({ affine: 'train' });
    const before = trained(model);
    setUp(plugin, model);
    expect(trained(model)).toEqual(before);
  });

  it('keeps two models apart in which one object takes part', () => {
    const [first, second] = [twoNorms(), twoNorms()];
    const plugin = batchNormFreezing();
    const undoFirst = setUp(plugin, first);
    setUp(plugin, second);
    undoFirst();
    expect(trained(first)).toContain('stem_bn/gamma');
    expect(trained(second)).not.toContain('stem_bn/gamma');
  });

  it('refuses a model that is a function', () => {
    expect(() => setUp(batchNormFreezing(), (() => tf.zeros([1])) as never)).toThrow(
      '[batchNormFreezing] needs a LayersModel, but the model is a function. Remove the plugin, and call frozenBatchNorm() in that function. (MODEL_INVALID)',
    );
  });

  it('refuses layers that the model has not when the run begins', () => {
    expect(() => setUp(batchNormFreezing({ layers: 'bn7' }), twoNorms())).toThrow(
      '[batchNormFreezing] layers: no batch normalisation matches "bn7". Choose from the batch normalisations of the model: stem_bn, head_bn. (OPTION_INVALID)',
    );
  });

  it.each<[unknown, string]>([
    [{ affine: 'no' }, 'affine must be "freeze" or "train", got "no"'],
    [{ layers: [] }, 'layers must be'],
    [{ layers: {} }, 'layers must be'],
    [{ frozen: true }, 'has no option frozen'],
    [null, 'options must be a plain object, got null'],
  ])('refuses the options %j at once', (options, message) => {
    expect(() => batchNormFreezing(options as never)).toThrow(message);
    expect(() => batchNormFreezing(options as never)).toThrow(/^\[batchNormFreezing\] .*\(OPTION_INVALID\)$/);
  });
});
