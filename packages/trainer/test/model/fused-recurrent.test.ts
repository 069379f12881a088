import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { deviceNames, openDevice } from '@cantrip/core-tensor-gpu';
import { expectClose, presentDevices, scattered } from '@cantrip/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { fuseLayers } from '../../src/model/fuse-layers.ts';

const [batch, steps, features, units] = [2, 4, 3, 2];
const kinds = ['lstm', 'gru'] as const;
type Kind = (typeof kinds)[number];
type Layer = tfl.layers.Layer;
type Options = Readonly<Record<string, unknown>>;

const layerOf = (kind: Kind, options: Options = {}): Layer =>
  tfl.layers[kind]({
    units,
    recurrentInitializer: 'glorotUniform',
    biasInitializer: 'randomNormal',
    ...options,
  });
const batchInputShape = [batch, steps, features];
const sequential = (...layers: Layer[]): tfl.LayersModel => {
  const model = tfl.sequential({ layers: [tfl.layers.inputLayer({ batchInputShape }), ...layers] });
  model.build([]);
  return model;
};
const inputs = (): tf.Tensor => {
  const values = scattered([batch, steps, features]);
  // The first example is padded in the middle and at the end.
  const counts = tf.tensor3d([1, 0, 1, 0, 1, 1, 1, 1], [batch, steps, 1]);
  return tf.mul(values, counts);
};

const variants: Readonly<Record<string, (kind: Kind) => tfl.LayersModel>> = {
  'as it is': (kind) => sequential(layerOf(kind)),
  sigmoid: (kind) => sequential(layerOf(kind, { recurrentActivation: 'sigmoid' })),
  'without bias': (kind) => sequential(layerOf(kind, { useBias: false })),
  'with sequences, backwards': (kind) =>
    sequential(layerOf(kind, { returnSequences: true, goBackwards: true })),
  'with a bias of the forget gate': (kind) => sequential(layerOf(kind, { unitForgetBias: true })),
  'in two layers': (kind) => sequential(layerOf(kind, { returnSequences: true }), layerOf(kind)),
  masked: (kind) => sequential(tfl.layers.masking({}), layerOf(kind, { returnSequences: true })),
  stateful: (kind) => sequential(layerOf(kind, { stateful: true })),
  'in both directions': (kind) =>
    sequential(
      tfl.layers.masking({}),
      tfl.layers.bidirectional({
        layer: layerOf(kind, { returnSequences: true }) as tfl.RNN,
        mergeMode: 'concat',
      }),
    ),
  'over series of series': (kind) =>
    sequential(
      tfl.layers.reshape({ targetShape: [2, 2, features] }),
      tfl.layers.timeDistributed({ layer: layerOf(kind) }),
    ),
  'with its states': (kind) => {
    const input = tfl.input({ batchShape: batchInputShape });
    const outputs = layerOf(kind, { returnState: true }).apply(input);
    return tfl.model({ inputs: input, outputs: outputs as tfl.SymbolicTensor[] });
  },
};

/** The outputs of two calls, and the gradients of the second. */
function trained(model: tfl.LayersModel): tf.Tensor[] {
  model.resetStates();
  const call = (): tf.Tensor => {
    const outputs = [model.apply(inputs(), { training: true }) as tf.Tensor | tf.Tensor[]].flat();
    return tf.concat(outputs.map((output) => tf.reshape(output, [-1])));
  };
  const first = call();
  const second: tf.Tensor[] = [];
  const { grads } = tf.variableGrads(() => {
    second.push(tf.keep(call()));
    return tf.sum(tf.square(second[0]!));
  });
  return [first, ...second, ...Object.values(grads)];
}

async function opsOf(model: tfl.LayersModel, training = true): Promise<number> {
  const { kernels } = await tf.profile(() => {
    tf.dispose(model.apply(tf.ones([batch, 20, features]), { training }) as tf.Tensor);
    return tf.scalar(0);
  });
  return kernels.length;
}
const endless = (kind: Kind, options: Options = {}): tfl.LayersModel =>
  tfl.sequential({ layers: [layerOf(kind, { inputShape: [null, features], ...options })] });

describe.each(await presentDevices(deviceNames))('fused recurrent layers on %s', (device) => {
  beforeAll(() => openDevice(device));

  it.each(kinds.flatMap((kind) => Object.keys(variants).map((name) => [kind, name] as const)))(
    '%s %s gives what tfjs-layers gives',
    (kind, name) => {
      const model = variants[name]!(kind);
      const stock = trained(model);
      const undo = fuseLayers(model);
      const fused = trained(model);
      undo();
      expect(fused).toHaveLength(stock.length);
      for (const [at, tensor] of fused.entries())
        expectClose(tensor, stock[at]!.arraySync(), { relative: 1e-4, absolute: 1e-5 });
    },
  );

  // A model cannot give an initial state to a layer, because TensorFlow.js throws.
  it.each(kinds)('%s starts from a given state as tfjs-layers does', (kind) => {
    const model = sequential(layerOf(kind));
    const initialState = [1, 2].slice(kind === 'lstm' ? 0 : 1).map((seed) => scattered([batch, units], seed));
    const call = (): tf.Tensor => model.layers.at(-1)!.call(inputs(), { initialState }) as tf.Tensor;
    const stock = call();
    fuseLayers(model);
    expectClose(call(), stock.arraySync() as number[][], { relative: 1e-4, absolute: 1e-5 });
  });
});

describe('fusing recurrent layers', () => {
  beforeAll(() => openDevice('cpu'));

  it.each(kinds)('makes fewer ops of %s, and is undone by the last undo', async (kind) => {
    const model = endless(kind);
    const stock = await opsOf(model);
    const [first, second] = [fuseLayers(model), fuseLayers(model)];
    first();
    first();
    expect(await opsOf(model)).toBeLessThan(0.8 * stock);
    second();
    expect(await opsOf(model)).toBe(stock);
  });

  it.each<readonly [string, Options]>([
    ['another activation', { activation: 'relu' }],
    ['other gates', { recurrentActivation: 'linear' }],
    ['dropout', { dropout: 0.5 }],
    ['dropout of states', { recurrentDropout: 0.5 }],
  ])('leaves a layer with %s as it is in training', async (_, options) => {
    const model = endless('lstm', options);
    const stock = await opsOf(model);
    const undo = fuseLayers(model);
    expect(await opsOf(model)).toBe(stock);
    undo();
  });

  it('leaves a cell alone whose call or activation was replaced', async () => {
    const model = endless('gru');
    const { cell } = model.layers[0] as unknown as { cell: { activation: object; call: unknown } };
    const stock = await opsOf(model);
    const undo = fuseLayers(model);
    const { activation } = cell;
    Object.assign(activation, { apply: (x: tf.Tensor) => tf.tanh(x) });
    expect(await opsOf(model)).toBe(stock);
    undo();
    Reflect.deleteProperty(activation, 'apply');
    cell.call = (Object.getPrototypeOf(cell) as typeof cell).call;
    fuseLayers(model);
    expect(await opsOf(model)).toBe(stock);
  });
});
