import { batchNormFreezing, freezeBatchNorm } from '@cantrip/freeze-bn';
import { tinyData, tinyTrainer } from '@cantrip/testing';
import * as tf from '@tensorflow/tfjs-core';
import { io } from '@tensorflow/tfjs-core';
import {
  input,
  layers,
  type LayersModel,
  loadLayersModel,
  model,
  sequential,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-cpu';
import { expect, it } from 'vitest';

/** Gamma and beta have the shape of the moving statistics, so that a wrong order is not seen by shapes. */
const backbone = (): LayersModel =>
  sequential({
    name: 'backbone',
    layers: [
      layers.flatten({ inputShape: [6, 6, 1] }),
      layers.dense({ units: 4 }),
      layers.batchNormalization(),
      layers.dense({ units: 4 }),
      layers.batchNormalization({ name: 'last' }),
      layers.dense({ units: 3 }),
    ],
  });

const namesOf = ({ weights }: LayersModel): readonly string[] =>
  weights.map(({ originalName }) => originalName);

function around(inner: LayersModel): LayersModel {
  const inputs = input({ shape: [6, 6, 1] });
  return model({ inputs, outputs: inner.apply(inputs) as SymbolicTensor });
}

it('weights keep their order before, during and after a freeze, of the model and of one around it', () => {
  const inner = backbone();
  const early = around(inner);
  const before = [namesOf(inner), namesOf(early), namesOf(inner.getLayer('last') as unknown as LayersModel)];
  const undo = freezeBatchNorm(inner);
  const late = around(inner);
  expect([namesOf(inner), namesOf(early), namesOf(inner.getLayer('last') as unknown as LayersModel)]).toEqual(
    before,
  );
  expect(namesOf(late)).toEqual(before[1]);
  expect(inner.trainableWeights.map(({ originalName }) => originalName)).not.toContain('last/gamma');
  expect(inner.trainableWeights).toHaveLength(6);
  const again = freezeBatchNorm(inner, { layers: 'last' });
  undo();
  expect(namesOf(inner)).toEqual(before[0]);
  again();
  again();
  expect(namesOf(inner)).toEqual(before[0]);
  expect(inner.trainableWeights).toHaveLength(10);
});

it('weights from before a freeze are set into the same variables during it', () => {
  const inner = backbone();
  const values = inner.getWeights().map((value, index) => tf.fill(value.shape, index));
  const undo = freezeBatchNorm(inner);
  inner.setWeights(values);
  undo();
  inner.getWeights().forEach((value, index) => expect(value.dataSync()[0]).toBe(index));
});

it('a model that is saved while it is frozen loads as itself', async () => {
  const inner = backbone();
  inner.setWeights(inner.getWeights().map((value, index) => tf.fill(value.shape, index)));
  const manifest = async (): Promise<readonly (string | undefined)[]> => {
    let saved: io.ModelArtifacts = {};
    const handler = io.withSaveHandler((artifacts) => {
      saved = artifacts;
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } });
    });
    await inner.save(handler);
    const loaded = await loadLayersModel(io.fromMemory(saved));
    loaded.getWeights().forEach((value, index) => expect(value.dataSync()[0]).toBe(index));
    return saved.weightSpecs!.map(({ name }) => name);
  };
  const before = await manifest();
  const undo = freezeBatchNorm(inner);
  expect(await manifest()).toEqual(before);
  undo();
  expect(await manifest()).toEqual(before);
});

it('a run that freezes leaves the order of the weights as it was', async () => {
  const inner = backbone();
  const before = namesOf(inner);
  const during: unknown[] = [];
  const trainer = tinyTrainer(
    [
      batchNormFreezing({ at: 1 }),
      { name: 'watch', onStepEnd: ({ run }) => void during.push(namesOf(run.model as LayersModel)) },
    ],
    { model: () => inner },
  );
  await trainer.fit(tinyData(), { epochs: 1 });
  expect(new Set(during.map((names) => JSON.stringify(names)))).toEqual(new Set([JSON.stringify(before)]));
  trainer.dispose();
  expect(namesOf(inner)).toEqual(before);
});

it('a batch normalisation that is used twice, and one of a model that is, freeze once and thaw once', () => {
  const norm = layers.batchNormalization();
  const inside = input({ shape: [2] });
  const inner = model({ inputs: inside, outputs: norm.apply(norm.apply(inside)) as SymbolicTensor });
  const inputs = input({ shape: [2] });
  const outer = model({ inputs, outputs: inner.apply(inner.apply(inputs)) as SymbolicTensor });
  const statistics = (): number[] => outer.getWeights().flatMap((value) => [...value.dataSync()]);
  const train = (): void =>
    tf.dispose(
      outer.apply(
        tf.tensor2d([
          [1, 2],
          [3, 5],
        ]),
        { training: true },
      ) as tf.Tensor,
    );
  const before = statistics();
  const undo = freezeBatchNorm(outer);
  expect(outer.trainableWeights).toHaveLength(0);
  train();
  expect(statistics()).toEqual(before);
  undo();
  expect(outer.trainableWeights).toHaveLength(2);
  train();
  expect(statistics()).not.toEqual(before);
});
