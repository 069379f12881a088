import { type FreezeBatchNormOptions, freezeBatchNorm } from '@cantrip/freeze-bn';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { twoNorms } from './models.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

function frozenNames(layers: FreezeBatchNormOptions['layers']): string[] {
  const model = twoNorms();
  const undo = freezeBatchNorm(model, { layers });
  const names = model.layers.filter((layer) => Object.hasOwn(layer, 'call')).map(({ name }) => name);
  undo();
  return names;
}

describe('the option layers', () => {
  it.each<[string, FreezeBatchNormOptions['layers'], string[]]>([
    ['takes all without it', undefined, ['stem_bn', 'head_bn']],
    ['takes a name', 'stem_bn', ['stem_bn']],
    ['takes a glob', 'stem*', ['stem_bn']],
    ['takes a glob with ?', '????_bn', ['stem_bn', 'head_bn']],
    ['takes a pattern', /^head/, ['head_bn']],
    ['takes a global pattern, which remembers where it ended', /_bn/g, ['stem_bn', 'head_bn']],
    ['takes a function of the name', (name) => name.startsWith('h'), ['head_bn']],
    ['takes a list', ['head_bn', /stem/], ['stem_bn', 'head_bn']],
  ])('%s', (_what, layers, names) => {
    expect(frozenNames(layers)).toEqual(names);
  });

  it('takes a layer itself, and a function of name and layer', () => {
    const model = twoNorms();
    const frozen = (layers: FreezeBatchNormOptions['layers']): string[] => {
      const undo = freezeBatchNorm(model, { layers });
      const names = model.layers.filter((layer) => Object.hasOwn(layer, 'call')).map(({ name }) => name);
      undo();
      return names;
    };
    expect(frozen(model.getLayer('head_bn'))).toEqual(['head_bn']);
    expect(frozen([model.getLayer('head_bn'), 'stem_bn'])).toEqual(['stem_bn', 'head_bn']);
    expect(frozen((_name, layer) => layer === model.getLayer('stem_bn'))).toEqual(['stem_bn']);
  });

  it('takes a dot in a name as a dot, and the whole name', () => {
    expect(() => frozenNames('stem.bn')).toThrow('OPTION_INVALID');
    expect(() => frozenNames('stem')).toThrow('OPTION_INVALID');
  });

  it('takes the numbers of one model for layers that nobody named, in whatever model of the process', () => {
    const build = (): tfl.Sequential =>
      tfl.sequential({
        layers: [tfl.layers.batchNormalization({ inputShape: [2] }), tfl.layers.batchNormalization()],
      });
    build();
    const model = build();
    freezeBatchNorm(model, { layers: 'batch_normalization_2' });
    expect(model.layers.map((layer) => Object.hasOwn(layer, 'call'))).toEqual([false, true]);
  });

  it('lists the batch normalisations of the model when none matches', () => {
    expect(() => frozenNames('bn_*')).toThrow(
      '[freezeBatchNorm] layers: no batch normalisation matches "bn_*". Choose from the batch normalisations of the model: stem_bn, head_bn. (OPTION_INVALID)',
    );
    expect(() => frozenNames(/conv/)).toThrow('no batch normalisation matches /conv/');
  });

  it('wants every entry of a list to match, and freezes nothing when one does not', () => {
    const model = twoNorms();
    expect(() => freezeBatchNorm(model, { layers: ['stem_bn', 'typo'] })).toThrow('matches "typo"');
    expect(Object.hasOwn(model.getLayer('stem_bn'), 'call')).toBe(false);
  });
});

describe('bad input', () => {
  it.each<[string, unknown, string]>([
    ['an empty name', { layers: '' }, 'layers must be a layer, its name, a glob, a regular expression'],
    ['a number for layers', { layers: 3 }, 'layers must be a layer, its name'],
    ['an empty list', { layers: [] }, 'layers must be'],
    ['a list with a number', { layers: ['stem_bn', 1] }, 'layers'],
    ['an unknown mode of affine', { affine: 'frozen' }, 'affine must be "freeze" or "train", got "frozen"'],
    ['a boolean for affine', { affine: true }, 'affine must be "freeze" or "train", got true'],
    ['a misspelt option', { layer: 'stem_bn' }, 'has no option layer'],
    ['options that are none', 'stem_bn', 'options must be a plain object, got "stem_bn"'],
  ])('%s is refused', (_what, options, message) => {
    expect(() => freezeBatchNorm(twoNorms(), options as never)).toThrow(message);
    expect(() => freezeBatchNorm(twoNorms(), options as never)).toThrow(
      /^\[freezeBatchNorm\] .*\(OPTION_INVALID\)$/,
    );
  });

  it('a model without batch normalisation is refused', () => {
    const model = tfl.sequential({
      layers: [tfl.layers.dense({ units: 1, inputShape: [1] })],
      name: 'plain',
    });
    expect(() => freezeBatchNorm(model)).toThrow(
      '[freezeBatchNorm] the model plain has no batch normalisation. Remove the freezing. (MODEL_INVALID)',
    );
  });

  it.each([undefined, null, () => tf.zeros([1]), {}])('%s instead of a model is refused', (model) => {
    expect(() => freezeBatchNorm(model as never)).toThrow(
      '[freezeBatchNorm] the model must be a LayersModel, got',
    );
  });
});

describe('layers: { upTo }', () => {
  const { layers } = tfl;
  const norm = (name: string, x: tfl.SymbolicTensor): tfl.SymbolicTensor =>
    layers.batchNormalization({ name }).apply(x) as tfl.SymbolicTensor;

  /** Two branches on a common stem that meet in `sum`, with a nested model behind. */
  function branches(): tfl.LayersModel {
    const inputs = tfl.input({ shape: [2] });
    const stem = norm('stem_bn', inputs);
    const [left, right] = [norm('left_bn', stem), norm('right_bn', stem)];
    const sum = layers.add({ name: 'sum' }).apply([left, right]) as tfl.SymbolicTensor;
    const nested = tfl.sequential({
      layers: [
        layers.batchNormalization({ name: 'first_bn', inputShape: [2] }),
        layers.dense({ units: 2, name: 'inner' }),
        layers.batchNormalization({ name: 'second_bn' }),
      ],
      name: 'nested',
    });
    const outputs = norm('top_bn', nested.apply(sum) as tfl.SymbolicTensor);
    return tfl.model({ inputs, outputs });
  }

  function frozenBefore(model: tfl.LayersModel, upTo: string | tfl.layers.Layer): string[] {
    const undo = freezeBatchNorm(model, { layers: { upTo } });
    const nested = (model.getLayer('nested') as unknown as tfl.LayersModel).layers;
    const all = [...model.layers, ...nested];
    const names = all.filter((layer) => Object.hasOwn(layer, 'call')).map(({ name }) => name);
    undo();
    return names.sort();
  }

  it.each([
    ['left_bn', ['stem_bn']],
    ['right_bn', ['stem_bn']],
    ['sum', ['left_bn', 'right_bn', 'stem_bn']],
    ['nested', ['left_bn', 'right_bn', 'stem_bn']],
    ['nested/inner', ['first_bn', 'left_bn', 'right_bn', 'stem_bn']],
    ['top_bn', ['first_bn', 'left_bn', 'right_bn', 'second_bn', 'stem_bn']],
  ])('%s takes what its input depends on', (upTo, names) => {
    const model = branches();
    expect(frozenBefore(model, upTo)).toEqual(names);
    if (!upTo.includes('/')) expect(frozenBefore(model, model.getLayer(upTo))).toEqual(names);
  });

  it('leaves alone what stands before a layer in another model only', () => {
    const inputs = tfl.input({ shape: [2] });
    const shared = layers.dense({ units: 2, name: 'shared' });
    const middle = shared.apply(norm('low_bn', inputs)) as tfl.SymbolicTensor;
    const top = norm('high_bn', middle);
    const model = tfl.model({ inputs, outputs: top });
    tfl.model({ inputs, outputs: shared.apply(top) as tfl.SymbolicTensor });
    freezeBatchNorm(model, { layers: { upTo: 'shared' } });
    const frozen = model.layers.filter((layer) => Object.hasOwn(layer, 'call'));
    expect(frozen.map(({ name }) => name)).toEqual(['low_bn']);
  });

  it('goes through a sequential model', () => {
    const model = twoNorms();
    freezeBatchNorm(model, { layers: { upTo: 'head' } });
    expect(model.layers.filter((layer) => Object.hasOwn(layer, 'call')).map(({ name }) => name)).toEqual([
      'stem_bn',
    ]);
  });

  it.each<[string, unknown, string]>([
    ['a layer with nothing before it', { upTo: 'stem' }, 'no batch normalisation comes before "stem"'],
    ['a layer that the model has not', { upTo: 'tail' }, 'no batch normalisation comes before "tail"'],
    ['no layer', { upTo: 3 }, 'layers must be a layer, its name'],
    ['more than a layer', { upTo: 'head', from: 'stem' }, 'layers must be a layer, its name'],
  ])('%s is refused', (_what, layersOption, message) => {
    expect(() => freezeBatchNorm(twoNorms(), { layers: layersOption as never })).toThrow(message);
  });
});
