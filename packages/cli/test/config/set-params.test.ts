import { defineConfig, type Params } from '@cantrip/cli/config';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { setParams } from '../../src/config/set-params.ts';

const defaults = {
  epochs: 10,
  name: 'first',
  shuffle: true,
  limit: null,
  layers: [64, 32],
  names: ['a', 'b'],
  none: [],
  grid: [
    [1, 2],
    [3, 4],
  ],
  optimizer: { learningRate: 0.1, decay: { rate: 1e-4 } },
} satisfies Params;

const set = (...sets: string[]): unknown => setParams('cantrip train', defaults, sets);

describe('--set', () => {
  it.each([
    ['epochs=20', { epochs: 20 }],
    ['epochs=-3', { epochs: -3 }],
    ['epochs=+3', { epochs: 3 }],
    ['epochs=1e-3', { epochs: 0.001 }],
    ['epochs=.5', { epochs: 0.5 }],
    ['epochs=2.', { epochs: 2 }],
    ['epochs=1E3', { epochs: 1000 }],
    ['epochs=9007199254740991', { epochs: 9007199254740991 }],
    ['name=123', { name: '123' }],
    ['name=007', { name: '007' }],
    ['name=1e5', { name: '1e5' }],
    ['name=1_1_1', { name: '1_1_1' }],
    ['name=true', { name: 'true' }],
    ['name=null', { name: 'null' }],
    ['name=', { name: '' }],
    ['name=a=b', { name: 'a=b' }],
    ['name="quoted"', { name: '"quoted"' }],
    ['name= a b ', { name: ' a b ' }],
    ['name=a,b', { name: 'a,b' }],
    ['shuffle=false', { shuffle: false }],
    ['limit=null', { limit: null }],
    ['limit=5', { limit: 5 }],
    ['limit=-0.5', { limit: -0.5 }],
    ['limit=true', { limit: true }],
    ['limit="5"', { limit: '5' }],
    ['limit=some text', { limit: 'some text' }],
    ['limit=[1,null]', { limit: [1, null] }],
    ['layers=128', { layers: [128] }],
    ['layers=128,64,-1', { layers: [128, 64, -1] }],
    ['layers=[128, 64]', { layers: [128, 64] }],
    ['layers=', { layers: [] }],
    ['layers=[]', { layers: [] }],
    ['names=1,2', { names: ['1', '2'] }],
    ['names=["a,b","c"]', { names: ['a,b', 'c'] }],
    ['none=1,x,true', { none: [1, 'x', true] }],
    ['grid=[[5,6]]', { grid: [[5, 6]] }],
    ['optimizer.learningRate=0.01', { optimizer: { learningRate: 0.01, decay: { rate: 1e-4 } } }],
    ['optimizer.decay.rate=0', { optimizer: { learningRate: 0.1, decay: { rate: 0 } } }],
  ])('%j', (text, changed) => {
    const before = structuredClone(defaults);
    expect(set(text)).toEqual({ ...defaults, ...changed });
    expect(defaults).toEqual(before);
  });

  it('takes the later one of two for the same parameter', () => {
    expect(set('epochs=1', 'epochs=2')).toMatchObject({ epochs: 2 });
  });

  it.each([
    ['epochs=', 'epochs must be a finite number, got "". Write --set epochs=10'],
    ['epochs=ten', 'epochs must be a finite number, got "ten". Write --set epochs=10'],
    ['epochs= 5', 'epochs must be a finite number'],
    ['epochs=0x10', 'epochs must be a finite number'],
    ['epochs=1_000', 'epochs must be a finite number'],
    ['epochs=1,000', 'epochs must be a finite number'],
    ['epochs=NaN', 'epochs must be a finite number'],
    ['epochs=Infinity', 'epochs must be a finite number'],
    ['epochs=1e999', 'epochs must be a finite number'],
    ['epochs=null', 'epochs must be a finite number'],
    ['epochs=true', 'epochs must be a finite number'],
    ['epochs="5"', 'epochs must be a finite number'],
    [
      'epochs=9007199254740993',
      'epochs must be a whole number up to 9007199254740991, got "9007199254740993"',
    ],
    ['shuffle=yes', 'shuffle must be true or false, got "yes". Write --set shuffle=false'],
    ['shuffle=', 'shuffle must be true or false'],
    ['shuffle=True', 'shuffle must be true or false'],
    ['shuffle=0', 'shuffle must be true or false'],
    ['limit=[1', 'limit must be JSON, because it begins with " or [, got "[1"'],
    ['limit=[{"a":1}]', 'limit must be JSON'],
    [
      'layers=64,x',
      'layers must be a list, and each part of it must be a finite number, got "64,x". Write --set layers=64,32',
    ],
    ['layers=64,,32', 'layers must be a list, and each part of it must be a finite number'],
    ['layers=["64"]', 'layers must be a list of numbers'],
    ['layers=[64', 'layers must be a list'],
    ['grid=1,2', 'grid must be a list of lists'],
    ['none=[{}]', 'none must be a list'],
    ['epoch=5', 'the config has no parameter epoch. Perhaps you mean epochs'],
    ['Epochs=5', 'Perhaps you mean epochs'],
    ['learningRate=1', 'Perhaps you mean optimizer.learningRate'],
    ['rate=1', 'Perhaps you mean optimizer.decay.rate'],
    ['optimizer.learningrate=1', 'Perhaps you mean optimizer.learningRate'],
    ['optimiser.learningRate=1', 'Perhaps you mean optimizer.learningRate'],
    ['optimizer.lr=1', 'the config has no parameter optimizer.lr. Its parameters are epochs, name,'],
    ['epochs.first=1', 'the config has no parameter epochs.first'],
    ['layers.0=1', 'the config has no parameter layers.0. Perhaps you mean layers'],
    ['__proto__.polluted=1', 'the config has no parameter __proto__.polluted'],
    ['constructor=1', 'the config has no parameter constructor'],
    ['toString=1', 'the config has no parameter toString'],
    ['.epochs=1', 'the config has no parameter .epochs. Perhaps you mean epochs'],
    [
      'optimizer=1',
      '--set optimizer names a group of parameters. Set one of them: optimizer.learningRate, optimizer.decay.rate',
    ],
    [
      'optimizer.decay=1',
      '--set optimizer.decay names a group of parameters. Set one of them: optimizer.decay.rate',
    ],
    ['epochs', '--set must be name=value, got "epochs"'],
    ['=5', '--set must be name=value, got "=5"'],
    ['', '--set must be name=value, got ""'],
  ])('%j is refused in one sentence', (text, sentence) => {
    expect(() => set(text)).toThrow(
      new RegExp(`^\\[cantrip train\\] .*${escape(sentence)}.*\\(CLI_PARAMETER\\)$`),
    );
  });

  it('says how to get parameters where a config has none', () => {
    expect(() => setParams('cantrip train', {}, ['a=1'])).toThrow(
      '[cantrip train] --set a cannot be used, because the config has no params. Give it some: defineConfig({ params',
    );
  });
});

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

describe('defineConfig', () => {
  it('types the parameters by their defaults', () => {
    const config = defineConfig({
      params: {
        epochs: 10,
        name: 'first',
        layers: [64],
        limit: null as number | null,
        optimizer: { nesterov: true },
      },
      run(params) {
        expectTypeOf(params.epochs).toEqualTypeOf<number>();
        expectTypeOf(params.name).toEqualTypeOf<string>();
        expectTypeOf(params.layers).toEqualTypeOf<readonly number[]>();
        expectTypeOf(params.limit).toEqualTypeOf<number | null>();
        expectTypeOf(params.optimizer.nesterov).toEqualTypeOf<boolean>();
        // @ts-expect-error a misspelt parameter
        void params.epoch;
        throw new Error('not now');
      },
    });
    expect(config.params.epochs).toBe(10);
    // @ts-expect-error no data
    expect(() => defineConfig({ trainer: {}, fit: { epochs: 1 } })).toThrow('[defineConfig] data must be');
  });
});
