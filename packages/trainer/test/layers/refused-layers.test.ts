import { sgd } from '@cantrip/optimizers';
import { seed } from '@cantrip/seed';
import { presentDevices } from '@cantrip/testing';
import { type BatchSource, createTrainer, meanSquaredError, type Trainer } from '@cantrip/trainer';
import * as tfl from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';

const { layers } = tfl;
const images = [4, 4, 2];

function dataOf(shape: readonly number[], highest = 1): BatchSource {
  const count = shape.reduce((product, side) => product * side, 2);
  const batch = {
    inputs: {
      values: Float32Array.from({ length: count }, (_, i) => i % (highest + 1)),
      shape: [2, ...shape],
    },
    targets: { values: Float32Array.of(1, 0), shape: [2, 1] },
    size: 2,
  };
  return { stepsPerEpoch: 2, batches: ({ start }) => [batch, batch].slice(start) };
}

type Options = Partial<Parameters<typeof createTrainer>[0]>;

const trainerOf = (model: Parameters<typeof createTrainer>[0]['model'], options: Options = {}): Trainer =>
  createTrainer({
    device: 'cpu',
    model,
    optimizer: sgd({ learningRate: 0.01 }),
    loss: meanSquaredError(),
    plugins: [seed({ value: 1 })],
    handleInterrupt: false,
    log: () => undefined,
    ...options,
  });

const behind = (layer: tfl.layers.Layer): tfl.LayersModel =>
  tfl.sequential({ layers: [layer, layers.flatten(), layers.dense({ units: 1 })] });

describe('an option that tfjs-layers takes and does not follow is refused', () => {
  const cases: readonly (readonly [string, () => tfl.layers.Layer, readonly number[], RegExp])[] = [
    [
      'dilationRate of depthwiseConv2d',
      () => layers.depthwiseConv2d({ kernelSize: 2, dilationRate: 2, inputShape: images }),
      images,
      /depthwise_conv2d_1 of TensorFlow.js has dilationRate 2, 2, but this layer ignores it/i,
    ],
    [
      'channelsFirst of conv1d',
      () => layers.conv1d({ filters: 4, kernelSize: 1, dataFormat: 'channelsFirst', inputShape: [4, 4] }),
      [4, 4],
      /conv1d_1 of TensorFlow.js has dataFormat 'channelsFirst'/i,
    ],
    [
      'activityRegularizer of dense',
      () => layers.dense({ units: 2, activityRegularizer: 'l1l2', inputShape: [4] }),
      [4],
      /a layer has an activityRegularizer, but TensorFlow.js ignores it.*MODEL_INVALID/,
    ],
    [
      'cropToAspectRatio of resizing',
      () => layers.resizing({ height: 2, width: 2, cropToAspectRatio: true, inputShape: images }),
      images,
      /resizing_1 of TensorFlow.js has cropToAspectRatio/,
    ],
  ];
  it.each(cases)('%s', async (_, layer, shape, message) => {
    const trainer = trainerOf(() => behind(layer()));
    await expect(trainer.fit(dataOf(shape), { epochs: 1 })).rejects.toThrow(message);
    trainer.dispose();
  });
});

it('a model with a wrongly declared shape, built before, is refused; built in the trainer it trains', async () => {
  const causal = (): tfl.LayersModel =>
    behind(layers.conv1d({ filters: 2, kernelSize: 3, padding: 'causal', inputShape: [4, 2] }));
  const refused = trainerOf(causal());
  await expect(refused.fit(dataOf([4, 2]), { epochs: 1 })).rejects.toThrow(
    /was built with the output shape \[, 2, 2\], but it produces another shape.*MODEL_INVALID/s,
  );
  const trainer = trainerOf(causal);
  expect((await trainer.fit(dataOf([4, 2]), { epochs: 1 })).epochs).toHaveLength(1);
  trainer.dispose();
  // Undone: outside of the trainer, tfjs-layers declares what it declared.
  expect(causal().layers[0]!.outputShape).toEqual([null, 2, 2]);
});

it('categories out of range are named, and categories that a layer computes have no gradient to give', async () => {
  const encoding = (): tfl.layers.Layer =>
    layers.categoryEncoding({ numTokens: 3, outputMode: 'multiHot', inputShape: [4] });
  const model = (): tfl.LayersModel => tfl.sequential({ layers: [encoding(), layers.dense({ units: 1 })] });
  const trainer = trainerOf(model);
  await expect(trainer.fit(dataOf([4], 3), { epochs: 1 })).rejects.toThrow(/3/);
  expect((await trainer.fit(dataOf([4], 2), { epochs: 1 })).epochs).toHaveLength(1);
  trainer.dispose();
  const computed = trainerOf(() =>
    tfl.sequential({
      layers: [
        layers.dense({ units: 4, kernelInitializer: 'zeros', inputShape: [4] }),
        layers.categoryEncoding({ numTokens: 3, outputMode: 'multiHot' }),
        layers.dense({ units: 1 }),
      ],
    }),
  );
  await expect(computed.fit(dataOf([4]), { epochs: 1 })).rejects.toThrow(/LAYER_NO_GRADIENT/);
  computed.dispose();
});

it('categories weighed by tfIdf are refused, because a layer can not keep the weights', async () => {
  const encoding = layers.categoryEncoding({ numTokens: 3, outputMode: 'tfIdf', inputShape: [4] });
  const trainer = trainerOf(() => tfl.sequential({ layers: [encoding, layers.dense({ units: 1 })] }));
  await expect(trainer.fit(dataOf([4], 2), { epochs: 1 })).rejects.toThrow(
    /outputMode 'tfIdf', but a layer cannot keep its weights.*MODEL_INVALID/,
  );
  trainer.dispose();
});

it('rnn takes no convLstm2dCell, which tfjs-layers says', async () => {
  const trainer = trainerOf(() =>
    behind(
      layers.rnn({ cell: layers.convLstm2dCell({ filters: 2, kernelSize: 2 }), inputShape: [2, ...images] }),
    ),
  );
  await expect(trainer.fit(dataOf([2, ...images]), { epochs: 1 })).rejects.toThrow(
    /expected ndim=3, found ndim=5/,
  );
  trainer.dispose();
});

describe('randomWidth', async () => {
  const model = (): tfl.LayersModel =>
    tfl.sequential({
      layers: [
        layers.randomWidth({ factor: 0.5, inputShape: images }),
        layers.globalAveragePooling2d({}),
        layers.dense({ units: 1 }),
      ],
    });
  const devices = await presentDevices(['cpu', 'wasm', 'tensorflow']);

  it.each(
    devices.flatMap((device) => [
      { device, capture: false },
      { device, capture: 'auto' as const },
      ...(device === 'tensorflow' ? [{ device, capture: true }] : []),
    ]),
  )('is refused in training in one sentence, and leaves images as they are else: %o', async (way) => {
    const trainer = trainerOf(model, way);
    await expect(trainer.fit(dataOf(images), { epochs: 1 })).rejects.toThrow(
      /gives images another width in each batch.*MODEL_INVALID/,
    );
    const figures = [await trainer.evaluate(dataOf(images)), await trainer.evaluate(dataOf(images))];
    expect(figures[0]).toEqual(figures[1]);
    trainer.dispose();
  });
});
