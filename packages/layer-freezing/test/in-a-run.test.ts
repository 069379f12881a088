import { frozenLayers, layerFreezing } from '@cantrip/layer-freezing';
import { accumulateGradients, adam } from '@cantrip/optimizers';
import { plainSnapshot, presentWays, tinyData, type Way } from '@cantrip/testing';
import { type AnyPlugin, createTrainer, meanSquaredError, type Snapshot } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';

const epochs = 4;
const ways = await presentWays();

/** Collects the names of what is trained in each step. */
function trainedNames(): { readonly plugin: AnyPlugin; readonly seen: (readonly string[])[] } {
  const seen: (readonly string[])[] = [];
  const plugin: AnyPlugin = {
    name: 'seen',
    transformVariables(variables) {
      seen.push(Object.keys(variables));
      return variables;
    },
  };
  return { plugin, seen };
}

const layersOf = (names: readonly string[]): string =>
  [...new Set(names.map((name) => name.split('/')[0]!))].join();

describe.each(ways)('layer freezing $name', ({ tinyTrainer }: Pick<Way, 'tinyTrainer'>) => {
  const optimizer = adam({ learningRate: 0.01, weightDecay: 0.1 });

  it('freezes from the input to the output, and leaves weights and slots of frozen layers as they are', async () => {
    const { plugin, seen } = trainedNames();
    const snapshots: Snapshot[] = [];
    const saving: AnyPlugin = {
      name: 'saving',
      onStepEnd: async () => void snapshots.push(await trainer.save()),
    };
    const trainer = tinyTrainer([layerFreezing({ start: '25%', every: 1 }), plugin, saving], { optimizer });
    await trainer.fit(tinyData(), { epochs });
    trainer.dispose();
    expect(seen.map(layersOf)).toEqual([
      ...Array.from({ length: 8 }, () => 'conv2d_1,batch_normalization_1,dense_1'),
      ...Array.from({ length: 4 }, () => 'batch_normalization_1,dense_1'),
    ]);
    const [earlier, before, after] = [snapshots[6]!, snapshots[7]!, snapshots[11]!];
    const frozen = (snapshot: Snapshot): unknown => [
      snapshot.variables['conv2d_1/kernel']!.values,
      Object.entries(snapshot.slots).filter(([name]) => name.startsWith('conv2d_1')),
    ];
    expect(frozen(before)).not.toEqual(frozen(earlier));
    expect(frozen(after)).toEqual(frozen(before));
    expect(after.variables['dense_1/kernel']).not.toEqual(before.variables['dense_1/kernel']);
  });

  it('resumes after every step to the same bits, in another trainer too', async () => {
    const create = (more: readonly AnyPlugin[] = []): ReturnType<typeof tinyTrainer> =>
      tinyTrainer([layerFreezing({ start: 0, every: 1 }), ...more], { optimizer });
    const snapshots: Snapshot[] = [];
    const saving: AnyPlugin = {
      name: 'saving',
      onStepEnd: async () => void snapshots.push(await whole.save()),
    };
    const whole = create([saving]);
    await whole.fit(tinyData(), { epochs });
    const expected = plainSnapshot(await whole.save());
    whole.dispose();
    expect(snapshots).toHaveLength(12);
    for (const snapshot of snapshots.slice(0, -1)) {
      const resumed = create([{ name: 'saving' }]);
      await resumed.restore(snapshot);
      await resumed.fit(tinyData(), { epochs });
      expect(plainSnapshot(await resumed.save())).toEqual(expected);
      resumed.dispose();
    }
  });

  it('counts updates, where a step has several batches', async () => {
    const { plugin, seen } = trainedNames();
    const trainer = tinyTrainer([layerFreezing({ start: 2, every: 1 }), plugin], {
      optimizer: accumulateGradients(optimizer, { steps: 3 }),
    });
    await trainer.fit(tinyData(), { epochs: 6 });
    trainer.dispose();
    expect([...new Set(seen.map(layersOf))]).toEqual([
      'conv2d_1,batch_normalization_1,dense_1',
      'batch_normalization_1,dense_1',
    ]);
    expect(seen.filter((names) => layersOf(names) === 'batch_normalization_1,dense_1').length % 2).toBe(0);
  });

  it('freezes what patterns name, in their order, all of it too', async () => {
    const { plugin, seen } = trainedNames();
    const trainer = tinyTrainer(
      [layerFreezing({ start: 0, every: 1, layers: ['dense*/**', /^conv/, '**'] }), plugin],
      { optimizer },
    );
    await trainer.fit(tinyData({ examples: 8 }), { epochs: 7 });
    trainer.dispose();
    expect(seen.map(layersOf)).toEqual([
      ...[0, 1, 2].map(() => 'conv2d_1,batch_normalization_1,dense_1'),
      ...[3, 4].map(() => 'conv2d_1,batch_normalization_1'),
      ...[5, 6].map(() => 'batch_normalization_1'),
    ]);
  });
});

describe('layer freezing', () => {
  it('counts the layers of nested models one by one, a shared layer once, and layers that others froze not at all', async () => {
    const { plugin, seen } = trainedNames();
    const shared = layers.dense({ units: 4, name: 'shared' });
    const inner = sequential({
      name: 'inner',
      layers: [
        layers.dense({ units: 4, inputShape: [36], name: 'first' }),
        shared,
        layers.dense({ units: 4, name: 'third' }),
      ],
    });
    const trainer = ways[0]!.tinyTrainer([layerFreezing({ start: 0, every: 1 }), plugin], {
      model: () =>
        sequential({
          layers: [
            layers.flatten({ inputShape: [6, 6, 1] }),
            layers.dense({ units: 36, trainable: false, name: 'still' }),
            inner,
            shared,
            layers.dense({ units: 3, name: 'head' }),
          ],
        }),
    });
    await trainer.fit(tinyData({ examples: 8 }), { epochs: 4 });
    trainer.dispose();
    const layersIn = seen.map((names) => [...new Set(names.map((name) => name.replace(/\/[^/]*$/, '')))]);
    expect(layersIn.map((one) => one.length)).toEqual([4, 4, 3, 2]);
    expect(layersIn[3]).toEqual(['inner/third', 'head']);
  });

  it('freezes the variables of a model that is a function', async () => {
    const { plugin, seen } = trainedNames();
    const trainer = createTrainer({
      device: 'cpu',
      model: () => {
        const kernels = ['one/kernel', 'two/kernel', 'three/kernel'].map((name) =>
          tf.variable(tf.ones<tf.Rank.R2>([2, 2]), true, name),
        );
        return (inputs) =>
          kernels.reduce((x, kernel) => tf.matMul(x, kernel as tf.Tensor2D), inputs as tf.Tensor2D);
      },
      optimizer: adam(),
      loss: meanSquaredError(),
      plugins: [layerFreezing({ start: 0, every: 1 }), plugin],
      log: () => undefined,
    });
    const data = { inputs: [[1, 2]], targets: [[1, 2]] };
    await trainer.fit(data, { epochs: 4 });
    const all = 'one/kernel,two/kernel,three/kernel';
    const later = 'two/kernel,three/kernel';
    expect(seen.map((names) => names.join())).toEqual([all, all, later, later]);
    trainer.dispose();
  });

  it('refuses a model of one layer, and a pattern that matches nothing', async () => {
    const [way] = ways;
    const one = way!.tinyTrainer([layerFreezing()], {
      model: () =>
        sequential({ layers: [layers.flatten({ inputShape: [6, 6, 1] }), layers.dense({ units: 3 })] }),
    });
    await expect(one.open()).rejects.toThrow(
      /^\[layerFreezing\] needs a model with at least 2 trained layers, got 1\. .+\(MODEL_INVALID\)$/,
    );
    const missing = way!.tinyTrainer([layerFreezing({ layers: ['conv*/**', 'haed/**'] })]);
    await expect(missing.open()).rejects.toThrow(
      /^\[layerFreezing\] layers\[1\] haed.+ has no trained variable\. .+\(OPTION_INVALID\)$/,
    );
    one.dispose();
    missing.dispose();
  });

  it('refuses wrong options in a sentence', () => {
    for (const options of [
      { start: 0.5 },
      { start: '110%' },
      { level: 1.5 },
      { every: 0 },
      { layers: [] },
      { layers: [''] },
      { freezeStart: 0 },
    ] as never[])
      expect(() => layerFreezing(options)).toThrow(/^\[layerFreezing\] .+\. .+\. \(OPTION_INVALID\)$/);
    expect(() => frozenLayers({ layers: 2, elapsed: 2 })).toThrow(/elapsed must be/);
  });
});
