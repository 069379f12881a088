import { openDevice } from '@cantrip/core-tensor-gpu';
import { presentWays, tinyData, tinyModel } from '@cantrip/testing';
import { io } from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';

const namesOf = ({ weights }: LayersModel): readonly string[] =>
  weights.map(({ originalName }) => originalName);

async function saved(model: LayersModel): Promise<io.ModelArtifacts> {
  let artifacts: io.ModelArtifacts = {};
  await model.save(
    io.withSaveHandler((given) => {
      artifacts = given;
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } });
    }),
  );
  return artifacts;
}

const valuesOf = (model: LayersModel): readonly unknown[] =>
  model.getWeights().map((weight) => [...weight.dataSync()]);

describe.each(await presentWays())('a model in training $name', ({ tinyTrainer, options }) => {
  beforeAll(() => openDevice(options.device));

  it('is saved and loaded, and its weights are got and set, as outside of training', async () => {
    const model = tinyModel();
    const before = { names: namesOf(model), config: model.toJSON(null, false) };
    const trainer = tinyTrainer([], { model: () => model });
    await trainer.fit(tinyData(), { epochs: 1 });
    expect({ names: namesOf(model), config: model.toJSON(null, false) }).toEqual(before);
    const loaded = await loadLayersModel(io.fromMemory(await saved(model)));
    expect(valuesOf(loaded)).toEqual(valuesOf(model));
    const weights = loaded.getWeights();
    await trainer.fit(tinyData(), { epochs: 2 });
    model.setWeights(weights);
    expect(valuesOf(model)).toEqual(valuesOf(loaded));
    trainer.dispose();
    expect({ names: namesOf(model), config: model.toJSON(null, false) }).toEqual(before);
  });
});
