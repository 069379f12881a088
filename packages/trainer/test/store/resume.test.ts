import { presentWays, tinyData, tinyModel } from '@cantrip/testing';
import { accumulateGradients, adam, sgd } from '@cantrip/optimizers';
import {
  type AnyPlugin,
  meanSquaredError,
  type Plugin,
  type ResumeOptions,
  type SavedRun,
} from '@cantrip/trainer';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { memoryStore } from './memory-store.ts';

const validation = tinyData({ examples: 9 });

describe.each(await presentWays())('fit({ resume }) $name', ({ tinyTrainer }) => {
  it('begins a new run if there is none, and goes on to the same bits if there is one', async () => {
    const whole = memoryStore(new Map(), { steps: [4] });
    const unbroken = tinyTrainer([whole]);
    const all = await unbroken.fit(tinyData(), { epochs: 3, validation, resume: 'auto' });
    expect(all.earlier).toEqual([]);
    const resumed = tinyTrainer([memoryStore(whole.kept)]);
    const rest = await resumed.fit(tinyData(), { epochs: 3, validation, resume: 'auto' });
    expect(rest.epochs).toHaveLength(2);
    expect([...rest.earlier, ...rest.epochs]).toEqual(all.epochs);
    expect(await resumed.save()).toEqual(await unbroken.save());
    for (const trainer of [unbroken, resumed]) trainer.dispose();
  });

  it('goes on without a plugin that only shows the epochs, and with one that the run did not have', async () => {
    const bar: AnyPlugin = { name: 'bar', provides: ['progress'], onStepEnd: () => undefined };
    const whole = memoryStore(new Map(), { steps: [4] });
    const unbroken = tinyTrainer([whole]);
    const all = await unbroken.fit(tinyData(), { epochs: 3 });
    const first = memoryStore(new Map(), { steps: [4] });
    const begun = tinyTrainer([bar, first]);
    await begun.fit(tinyData(), { epochs: 3 });
    for (const [kept, plugins] of [
      [first.kept, []],
      [whole.kept, [bar]],
    ] as const) {
      const resumed = tinyTrainer([memoryStore(kept), ...plugins]);
      const { earlier, epochs } = await resumed.fit(tinyData(), { epochs: 3, resume: 'auto' });
      expect(epochs).toHaveLength(2);
      expect([...earlier, ...epochs]).toEqual(all.epochs);
      resumed.dispose();
    }
    for (const trainer of [unbroken, begun]) trainer.dispose();
  });

  it('goes on with what saveTo has written', async () => {
    const store = memoryStore();
    const before = tinyTrainer([store]);
    await before.fit(tinyData(), { epochs: 1 });
    await before.saveTo('here');
    const resumed = tinyTrainer([memoryStore(store.kept)]);
    const { earlier, epochs } = await resumed.fit(tinyData(), { epochs: 2, resume: 'here' });
    expect([earlier.length, epochs.length]).toEqual([1, 1]);
    for (const trainer of [before, resumed]) trainer.dispose();
  });
});

const tinyTrainer = (await presentWays())[0]!.tinyTrainer;

async function saved(
  plugins: readonly AnyPlugin[] = [],
  { epochs = 2, step = 4, options = {} as object, data = tinyData() } = {},
): Promise<Map<string, SavedRun>> {
  const store = memoryStore(new Map(), { steps: [step] });
  const trainer = tinyTrainer([store, ...plugins], options);
  await trainer.fit(data, { epochs });
  trainer.dispose();
  return store.kept;
}

const going = async (
  kept: Map<string, SavedRun>,
  resume: Omit<ResumeOptions, 'from'>,
  { plugins = [] as readonly AnyPlugin[], epochs = 2, options = {} as object, data = tinyData() } = {},
) => {
  const trainer = tinyTrainer([memoryStore(kept), ...plugins], options);
  try {
    const history = await trainer.fit(data, { epochs, resume: { from: 'auto', ...resume } });
    return { history, snapshot: await trainer.save() };
  } finally {
    trainer.dispose();
  }
};

const scheduled = (rates: [step: number, total: number][] = []): AnyPlugin => ({
  name: 'scheduled',
  scheduleLearningRate: (rate, { step, totalSteps }) => {
    rates.push([step, totalSteps]);
    return rate * Math.max(0, 1 - step / totalSteps);
  },
});

describe('a saved run that differs from the one that goes on', () => {
  it.each([
    [
      'another plugin list',
      { plugins: [{ name: 'extra', state: () => ({ n: 1 }) }] },
      /plugins was tiny-seed, memory and is tiny-seed, memory, extra.*plugins: 'continue'/,
    ],
    [
      'another learning rate',
      { options: { optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }) } },
      /optimizer.learningRate was 0.05 and is 0.1/,
    ],
    [
      'another momentum',
      { options: { optimizer: sgd({ learningRate: 0.05, momentum: 0.5 }) } },
      /optimizer.settings.momentum was 0.9 and is 0.5.*optimizer: 'continue'/,
    ],
    [
      'nesterov',
      { options: { optimizer: sgd({ learningRate: 0.05, momentum: 0.9, nesterov: true }) } },
      /optimizer.settings.nesterov was false and is true/,
    ],
    [
      'another loss',
      { options: { loss: meanSquaredError() } },
      /loss\.loss was "1 x softmaxCrossEntropy" and is "1 x meanSquaredError".*loss: 'continue'/,
    ],
    [
      'another number of examples',
      { data: tinyData({ examples: 30 }) },
      /data.batchesPerEpoch was 3 and is 4/,
    ],
    [
      'another model of the same shapes',
      {
        options: {
          model: () =>
            sequential({
              layers: [
                ...tinyModel().layers.slice(0, 2),
                layers.activation({ activation: 'tanh' }),
                ...tinyModel().layers.slice(3),
              ],
            }),
        },
      },
      /model\.layers\.2\.2\.activation was "relu" and is "tanh".*only: 'weights'/,
    ],
  ] as const)('with %s is refused, and the differences are listed', async (_, other, words) => {
    const kept = await saved();
    await expect(going(kept, {}, other as never)).rejects.toThrow(words);
  });

  it.each([
    ['another optimizer', adam({ learningRate: 0.05 }), /optimizer.name was "sgd" and is "adam"/],
    ['other slots', sgd({ learningRate: 0.05 }), /optimizer.keeps was momentum and is empty/],
    [
      'other steps',
      accumulateGradients(sgd({ learningRate: 0.05, momentum: 0.9 }), { steps: 2 }),
      /optimizer.batchesPerStep was 1 and is 2/,
    ],
  ])('with %s is refused, and the error names only what helps', async (_, optimizer, words) => {
    const kept = await saved();
    for (const resume of [{}, { optimizer: 'continue' }] as const) {
      const error = await going(kept, resume, { options: { optimizer } }).catch((thrown: Error) => thrown);
      expect((error as Error).message).toMatch(words);
      expect((error as Error).message).toMatch(/Use the same optimizer, or .*only: 'weights'/);
      expect((error as Error).message).not.toContain("'continue'");
    }
  });

  it('by its device or by a version is refused until the user accepts it', async () => {
    const kept = await saved();
    const of = (from: Map<string, SavedRun>, resume: string | ResumeOptions) => {
      const memory = memoryStore(from);
      const other = { ...memory.store!, versions: () => ({ '@cantrip/memory': '2.0.0' }) };
      return tinyTrainer([{ ...memory, store: other }]).fit(tinyData(), { epochs: 2, resume });
    };
    await expect(of(kept, 'auto')).rejects.toThrow(
      /library\.@cantrip\/memory was "1\.0\.0" and is "2\.0\.0".*library: 'continue'/,
    );
    await expect(of(kept, { from: 'auto', library: 'continue' })).resolves.toBeDefined();
    const other = tinyTrainer([memoryStore(kept)], { device: 'wasm' });
    await expect(other.fit(tinyData(), { epochs: 2, resume: 'auto' })).rejects.toThrow(
      /library\.device was "cpu" and is "wasm"/,
    );
    other.dispose();
  });

  it('of another length is refused only where a plugin has a schedule', async () => {
    const kept = await saved();
    expect((await going(kept, {}, { epochs: 3 })).history.epochs).toHaveLength(2);
    const withSchedule = await saved([scheduled()]);
    await expect(going(withSchedule, {}, { epochs: 3, plugins: [scheduled()] })).rejects.toThrow(
      /length\.epochs was 2 and is 3; length\.totalSteps was 6 and is 9.*horizon: 'stretch' or 'keep'/,
    );
  });

  it.each([
    ['stretch', 9],
    ['keep', 6],
  ] as const)("with horizon: '%s' gives schedules a total of %d steps", async (horizon, total) => {
    const kept = await saved([scheduled()]);
    const rates: [number, number][] = [];
    const { history } = await going(kept, { horizon }, { epochs: 3, plugins: [scheduled(rates)] });
    expect(history.epochs).toHaveLength(2);
    expect(rates[0]).toEqual([4, total]);
    expect(rates.at(-1)).toEqual([8, total]);
  });

  it('of other plugins goes on where the user says so: new ones begin, missing ones are dropped', async () => {
    const counting = (name: string): Plugin<{ steps: number }> => ({
      name,
      state: () => ({ steps: 0 }),
      onStepEnd: ({ state }) => void (state.steps += 1),
    });
    const kept = await saved([counting('old'), counting('both')]);
    const { snapshot } = await going(
      kept,
      { plugins: 'continue' },
      { plugins: [counting('both'), counting('new')] },
    );
    expect(Object.keys(snapshot.plugins)).toEqual(['tiny-seed', 'memory', 'both', 'new']);
    expect(snapshot.plugins['both']!.state).toEqual({ steps: 6 });
    expect(snapshot.plugins['new']!.state).toEqual({ steps: 2 });
  });

  it('of other data begins its epoch anew where the user says so, if the rest of it is not there', async () => {
    const kept = await saved();
    const { snapshot } = await going(kept, { data: 'continue' }, { data: tinyData({ examples: 30 }) });
    // Four steps are done, and an epoch of the new data has four.
    expect(snapshot.position).toMatchObject({ epoch: 2, step: 8, batches: 8 });
  });

  it('gives its weights alone where the user says so', async () => {
    const kept = await saved();
    const trainer = tinyTrainer([memoryStore(kept)], { optimizer: sgd({ learningRate: 0 }) });
    await trainer.fit(tinyData(), { epochs: 1, resume: { from: 'auto', only: 'weights' } });
    expect(trainer.position()).toEqual({ epoch: 1, step: 3 });
    const { variables } = await trainer.save();
    const kernels = Object.entries(variables).filter(([name]) => name.endsWith('kernel'));
    for (const [name, one] of kernels) expect(one).toEqual(kept.get('4')!.snapshot.variables[name]);
    trainer.dispose();
  });

  it('is refused by a trainer that has trained already', async () => {
    const kept = await saved();
    const trainer = tinyTrainer([memoryStore(kept)]);
    await trainer.fit(tinyData(), { epochs: 1 });
    await expect(trainer.fit(tinyData(), { epochs: 2, resume: 'auto' })).rejects.toThrow(
      /resume: 'auto' is for a new trainer, but this one has done 3 steps/,
    );
    trainer.dispose();
  });
});

describe('without a plugin that keeps runs', () => {
  it.each([
    ['saveTo', (trainer: ReturnType<typeof tinyTrainer>) => trainer.saveTo('here')],
    [
      'fit',
      (trainer: ReturnType<typeof tinyTrainer>) => trainer.fit(tinyData(), { epochs: 1, resume: 'auto' }),
    ],
  ])('%s says which one to add', async (who, call) => {
    const trainer = tinyTrainer([]);
    await expect(call(trainer)).rejects.toThrow(new RegExp(`^\\[${who}\\] .*@cantrip/checkpoint`));
    trainer.dispose();
  });

  it.each([
    ['resume: 3', 3, /resume must be 'auto', a path or/],
    ['an unknown meaning', { from: 'auto', horizon: 'bend' }, /resume\.horizon/],
    ['no from', { horizon: 'keep' }, /resume\.from/],
  ])('%s is refused', (_, resume, words) => {
    const trainer = tinyTrainer([memoryStore()]);
    expect(() => trainer.fit(tinyData(), { epochs: 1, resume: resume as never })).toThrow(words);
    trainer.dispose();
  });
});
