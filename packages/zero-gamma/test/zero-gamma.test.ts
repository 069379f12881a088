import { openDevice } from '@cantrip/core-tensor-gpu';
import { loadGolden, presentWays, tinyData, weightsOf } from '@cantrip/testing';
import { zeroGamma, zeroGammas } from '@cantrip/zero-gamma';
import * as tf from '@tensorflow/tfjs-core';
import {
  layers,
  type LayersModel,
  model as build,
  sequential,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { resnet, smallNetwork } from './residual-network.ts';

interface Case {
  readonly norms: readonly string[];
  readonly zeros: readonly string[];
}

const { cases } = loadGolden<Readonly<Record<'resnet18' | 'resnet50' | 'seresnet50', Case>>>(
  new URL('./golden.json', import.meta.url),
);

const gammaOf = (layer: layers.Layer): readonly number[] =>
  Array.from((layer as unknown as { gamma: { read(): tf.Tensor } }).gamma.read().dataSync());
const normsOf = (model: LayersModel): readonly layers.Layer[] =>
  model.layers.filter((layer) => layer.getClassName() === 'BatchNormalization');
const zerosOf = (model: LayersModel): readonly string[] =>
  normsOf(model)
    .filter((layer) => gammaOf(layer).every((one) => one === 0))
    .map(({ name }) => name)
    .sort();

const kinds = [
  ['resnet18', { blocks: [2, 2, 2, 2], bottleneck: false, squeeze: false }],
  ['resnet50', { blocks: [3, 4, 6, 3], bottleneck: true, squeeze: false }],
  ['seresnet50', { blocks: [3, 4, 6, 3], bottleneck: true, squeeze: true }],
] as const;

describe('zeroGammas', () => {
  it.each(kinds)('finds the normalisations of %s, as torchvision and timm', async (name, kind) => {
    await openDevice('cpu');
    const model = resnet(kind);
    const all = normsOf(model).map((one) => one.name);
    // Here the first block has a projection only if its width changes.
    const known = cases[name].norms.filter((one) => !one.includes('downsample'));
    expect(all.filter((one) => !one.includes('downsample')).sort()).toEqual([...known].sort());
    const undo = zeroGammas(model);
    expect(zerosOf(model)).toEqual([...cases[name].zeros].sort());
    undo();
    expect(zerosOf(model)).toEqual([]);
    model.dispose();
  });

  it('makes each block its shortcut', async () => {
    await openDevice('cpu');
    const model = smallNetwork();
    const [first] = model.layers.filter((layer) => layer.getClassName() === 'ReLU');
    const add = model.layers.find((layer) => layer.getClassName() === 'Add')!;
    const outputs = [first!, add].map((one) => one.output as SymbolicTensor);
    const parts = build({ inputs: model.inputs, outputs });
    zeroGammas(model);
    const [shortcut, sum] = parts.predict(tf.randomUniform([2, 6, 6, 1], -1, 1, 'float32', 3)) as tf.Tensor[];
    expect(Array.from(sum!.dataSync())).toEqual(Array.from(shortcut!.dataSync()));
    model.dispose();
  });

  it('leaves weights of a trained model as they are, and takes names', async () => {
    await openDevice('cpu');
    const model = smallNetwork();
    const last = normsOf(model).at(-1)!;
    const trained = [1, 1, 0.5];
    last.setWeights([tf.tensor1d(trained), ...last.getWeights().slice(1)]);
    const undo = zeroGammas(model);
    expect(gammaOf(last)).toEqual(trained);
    undo();
    zeroGammas(model, { norms: [/_1$/, '*_2'] });
    const names = zerosOf(model);
    expect(names).toHaveLength(2);
    expect(names).not.toContain(last.name);
    model.dispose();
  });

  it('refuses what has no such normalisation, in a sentence', async () => {
    await openDevice('cpu');
    const plain = sequential({
      layers: [layers.dense({ units: 2, inputShape: [2] }), layers.batchNormalization({ scale: false })],
    });
    expect(() => zeroGammas(plain)).toThrow(
      /^\[zeroGammas\] needs a residual block whose branch ends in .+, but the model has no residual block\. .+\(MODEL_INVALID\)$/,
    );
    expect(() => zeroGammas(plain, { norms: ['**'] })).toThrow(
      /norms\[0\] \*\* matches no batch normalisation with a gamma\. These are none\. \(OPTION_INVALID\)$/,
    );
    expect(() => zeroGammas((() => 1) as never)).toThrow(
      /needs a LayersModel, but it is a function\. .+\(MODEL_INVALID\)$/,
    );
    for (const options of [{ norms: [] }, { norms: [''] }, { norm: ['a'] }] as never[])
      expect(() => zeroGamma(options)).toThrow(/^\[zeroGamma\] .+\. .+\. \(OPTION_INVALID\)$/);
    plain.dispose();
  });
});

describe.each(await presentWays())('zero gamma $name', ({ tinyTrainer }) => {
  it('sets back what was not trained, keeps what was, and a restored run keeps the gammas of its snapshot', async () => {
    await openDevice('cpu');
    const run = async (
      use: (trainer: ReturnType<typeof tinyTrainer>) => Promise<unknown>,
    ): Promise<readonly [inside: readonly number[], after: readonly number[]]> => {
      // On the device of the trainer, which an earlier trainer opens.
      const opener = tinyTrainer([], { model: smallNetwork });
      await opener.open();
      const model = smallNetwork();
      opener.dispose();
      const trainer = tinyTrainer([zeroGamma()], { model });
      await trainer.open();
      await use(trainer);
      const name = 'batch_normalization_3/gamma';
      const inside = (await weightsOf(trainer))[name]!;
      trainer.dispose();
      const after = gammaOf(normsOf(model).at(-1)!);
      model.dispose();
      return [inside, after];
    };
    expect(await run(() => Promise.resolve())).toEqual([
      [0, 0, 0],
      [1, 1, 1],
    ]);
    let snapshot: unknown;
    const [inside, after] = await run(async (trainer) => {
      await trainer.fit(tinyData(), { epochs: 1 });
      snapshot = await trainer.save();
    });
    expect(inside.every((one) => one !== 0)).toBe(true);
    expect(after).toEqual(inside);
    const restored = await run((trainer) => trainer.restore(snapshot as never));
    expect(restored).toEqual([inside, inside]);
  });
});
