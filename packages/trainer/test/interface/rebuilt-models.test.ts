import { rebuildModel } from '@cantrip/plugin-kit';
import { presentWays, tinyData, tinyModel, weightsOf } from '@cantrip/testing';
import type { AnyPlugin } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';

/** Every layer is called anew, and nothing changes. */
const rebuilt: AnyPlugin = {
  name: 'rebuilt',
  transformModel: (model) => rebuildModel('rebuilt', model as LayersModel, () => (next) => next()),
};

const nodesOf = (model: LayersModel): unknown =>
  [...model.layers, model.inputs[0]!.sourceLayer].map((layer) => [
    layer.inboundNodes.length,
    layer.outboundNodes.length,
  ]);

describe.each(await presentWays())('a rebuilt model $name', ({ tinyTrainer }) => {
  it('trains as the given one to the bit, and leaves it as it was', async () => {
    const plain = tinyTrainer([]);
    await plain.fit(tinyData(), { epochs: 2 });
    const expected = await weightsOf(plain);
    plain.dispose();
    const model = tinyModel();
    const count = tf.memory().numTensors;
    const nodes = nodesOf(model);
    const own = tinyTrainer([rebuilt], { model });
    await own.open();
    expect(nodesOf(model)).not.toEqual(nodes);
    own.dispose();
    expect(nodesOf(model)).toEqual(nodes);
    expect(tf.memory().numTensors).toBe(count);
    model.dispose();
    const trainer = tinyTrainer([rebuilt]);
    await trainer.fit(tinyData(), { epochs: 2 });
    expect(await weightsOf(trainer)).toEqual(expected);
    trainer.dispose();
  });
});
