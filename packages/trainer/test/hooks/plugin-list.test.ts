import { type AnyPlugin, createTrainer, type Plugin, type PluginList } from '@cantrip/trainer';
import { tinyModel, tinyTrainer } from '@cantrip/testing';
import { describe, expect, it } from 'vitest';

const named = (name: string, rest: Partial<Plugin> = {}): Plugin => ({ name, ...rest });
const identity = <T>(value: T): T => value;

const refused: readonly (readonly [string, unknown, RegExp])[] = [
  ['a list that is no list', named('a'), /plugins must be an array.*PLUGIN_INVALID/],
  ['a factory that was not called', [() => named('a')], /Call the factory.*PLUGIN_INVALID/],
  ['an object without a name', [{ transformLoss: identity }], /plugins\[0\].*PLUGIN_INVALID/],
  ['a number', [5], /plugins\[0\].*got 5.*PLUGIN_INVALID/],
  [
    'a misspelt hook',
    [{ name: 'a', onBatchEnd: identity }],
    /\[a\] has the unknown field onBatchEnd.*PLUGIN_INVALID/,
  ],
  [
    'a hook that is no function',
    [{ name: 'a', onStepEnd: 3 }],
    /onStepEnd must be a function, got 3.*PLUGIN_INVALID/,
  ],
  [
    'a plugin listed twice',
    [named('a'), named('b'), named('a')],
    /\[a\] must be in the plugin list only once.*PLUGIN_TWICE/,
  ],
  [
    'the wrong order',
    [named('label-smoothing', { after: ['mixup'] }), named('mixup')],
    /^\[label-smoothing\] must come after mixup\. Move it further down the plugin list\. \(PLUGIN_ORDER\)$/,
  ],
  [
    'the wrong order of what mixes labels, whatever its name',
    [
      named('label-smoothing', { after: [{ provides: 'mixes-labels' }] }),
      named('blend', { provides: ['mixes-labels'] }),
    ],
    /^\[label-smoothing\] must come after blend, which provides mixes-labels\. Move it further down.*\(PLUGIN_ORDER\)$/,
  ],
  [
    'plugins that conflict',
    [named('a'), named('b', { conflicts: { a: 'both scale the loss' } })],
    /\[b\] cannot run together with a: both scale the loss.*PLUGIN_CONFLICT/,
  ],
  [
    'environments that disagree',
    [named('a', { environment: { TF_X: '1' } }), named('b', { environment: { TF_X: '0' } })],
    /\[b\] wants TF_X=0, but a wants TF_X=1.*ENVIRONMENT_CONFLICT/,
  ],
  [
    'two seeds',
    [named('a', { seed: 1 }), named('b', { seed: 1 })],
    /\[b\] sets a seed, but a already.*PLUGIN_CONFLICT/,
  ],
  [
    'a seed that is none',
    [named('a', { seed: 1.5 })],
    /seed must be an integer in \[0, 2\^53\), got 1.5.*PLUGIN_INVALID/,
  ],
];

describe('a plugin list', () => {
  it.each(refused)('is refused with %s', (_, plugins, message) => {
    expect(() => tinyTrainer([], { plugins: plugins as PluginList })).toThrow(message);
  });

  it('may hold what mixes labels before what must come after, and what does not anywhere', () => {
    const plugins = [
      named('blend', { provides: ['mixes-labels'] }),
      named('label-smoothing', { after: [{ provides: 'mixes-labels' }] }),
      named('flip', { provides: ['flips'] }),
      named('crop'),
    ];
    expect(tinyTrainer([], { plugins }).explain()).toContain('blend, label-smoothing, flip, crop');
  });

  it('may hold lists, whose plugins stand where the list stands; explain shows the nesting', () => {
    const recipe: PluginList = [named('b', { onStepEnd: () => undefined }), [named('c'), false], []];
    const trainer = tinyTrainer([], {
      plugins: [named('a'), recipe, named('d', { onStepEnd: () => undefined })],
    });
    expect(trainer.explain()).toContain('plugins  a, [b, [c], []], d');
    expect(trainer.explain()).toMatch(/onStepEnd +host {2}b -> d/);
    expect(() => tinyTrainer([], { plugins: [named('a'), [named('a')]] })).toThrow('PLUGIN_TWICE');
  });

  it('may hold falsy entries', () => {
    const finetuning = false as boolean;
    const trainer = tinyTrainer([], { plugins: [finetuning && named('a'), null, undefined, named('b')] });
    expect(trainer.explain()).toContain('plugins  b');
  });

  it('keeps its order, and explain() prints it as a table of hooks and sides', () => {
    const plugins = [
      named('a', { transformLoss: identity, onEpochEnd: () => undefined }),
      named('b', { transformLoss: identity, scheduleLearningRate: identity }),
    ];
    expect(tinyTrainer([], { plugins }).explain()).toBe(
      [
        'plugins  a, b',
        '',
        'hook                 side  plugins, in the order of their calls',
        '───────────────────────────────────────────────────────────────',
        'scheduleLearningRate host  b',
        'transformLoss        step  a -> b',
        'onEpochEnd           host  a',
      ].join('\n'),
    );
  });

  it('is one line for a run without hooks', () => {
    expect(tinyTrainer([], { plugins: [] }).explain()).toBe('plugins  none');
  });

  it('is checked before anything is opened or built', () => {
    let built = 0;
    const model = (): ReturnType<typeof tinyModel> => (built++, tinyModel());
    const twice: AnyPlugin[] = [named('a'), named('a')];
    expect(() => tinyTrainer([], { model, plugins: twice })).toThrow(/PLUGIN_TWICE/);
    expect(built).toBe(0);
  });

  it('reports options by name', () => {
    expect(() => createTrainer({} as never)).toThrow(/\[createTrainer\] model is missing.*OPTION_INVALID/);
  });
});
