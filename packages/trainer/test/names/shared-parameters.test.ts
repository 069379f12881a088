import { openDevice } from '@cantrip/core-tensor-gpu';
import { noDecayOnBiasesAndNorms, sgd } from '@cantrip/optimizers';
import { expectClose, presentWays } from '@cantrip/testing';
import { type BatchSource, createTrainer, type Trainer, type TrainerOptions } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import golden from './golden.json' with { type: 'json' };

const { layers } = tfl;
type Model = tfl.LayersModel;
type Symbolic = tfl.SymbolicTensor;

const apply = (layer: tfl.layers.Layer, to: Symbolic): Symbolic => layer.apply(to) as Symbolic;
const one = (values: number[], shape: number[]) => ({ values: Float32Array.from(values), shape });
const ones = (size: number): number[] => Array.from({ length: size }, () => 1);

const l2 = (rate: number): ReturnType<typeof tfl.regularizers.l2> => tfl.regularizers.l2({ l2: rate });
const fixed = { kernelInitializer: 'ones', recurrentInitializer: 'ones', useBias: false } as const;
const regularized = { ...fixed, kernelRegularizer: l2(0.5), recurrentRegularizer: l2(0.25) };

/** A layer of one weight of 1, with a penalty of 0.5. */
const single = (): tfl.layers.Layer =>
  layers.dense({
    units: 1,
    useBias: false,
    kernelInitializer: 'ones',
    kernelRegularizer: l2(0.5),
    name: 'one',
  });

function nested(): Model {
  const inputs = tfl.input({ shape: [1] });
  return tfl.model({ inputs, outputs: apply(single(), inputs), name: 'inner' });
}

/** The loss of the first step with targets that the loss ignores is what the penalties add up to. */
describe.each(await presentWays())('parameters are objects $name', ({ options }) => {
  beforeAll(() => openDevice(options.device));

  const nothing = (_: tf.Tensor, outputs: tf.Tensor): tf.Scalar => tf.mul(tf.mean(outputs), 0);

  function trainer(model: () => Model, more: Partial<TrainerOptions> = {}): Trainer {
    return createTrainer({
      ...options,
      log: () => undefined,
      optimizer: sgd({ learningRate: 0.1 }),
      loss: nothing,
      ...more,
      model,
    });
  }

  function source(shape: readonly number[], outputs = [1, 1]): BatchSource {
    const size = shape.reduce((product, length) => product * length, 1);
    return {
      stepsPerEpoch: 1,
      batches: () => [
        { inputs: one(ones(size), [...shape]), targets: one(ones(outputs[1]!), outputs), size: 1 },
      ],
    };
  }

  async function penalty(model: () => Model, shape: readonly number[]): Promise<number> {
    const training = trainer(model);
    const { epochs } = await training.fit(source(shape), { epochs: 1 });
    training.dispose();
    return epochs[0]!['loss']!;
  }

  it.each<readonly [keyof typeof golden.cases, () => Model, number[]]>([
    [
      'a layer called twice',
      () => {
        const inputs = tfl.input({ shape: [1] });
        const layer = single();
        return tfl.model({ inputs, outputs: apply(layer, apply(layer, inputs)) });
      },
      [1, 1],
    ],
    [
      'a model that is used twice',
      () => {
        const inputs = tfl.input({ shape: [1] });
        const inner = nested();
        return tfl.model({ inputs, outputs: apply(inner, apply(inner, inputs)) });
      },
      [1, 1],
    ],
    [
      'a layer of a model that is also used outside of it',
      () => {
        const inputs = tfl.input({ shape: [1] });
        const inner = nested();
        return tfl.model({ inputs, outputs: apply(inner.getLayer('one'), apply(inner, inputs)) });
      },
      [1, 1],
    ],
    [
      'a model in a wrapper',
      () =>
        tfl.sequential({
          layers: [layers.timeDistributed({ layer: nested(), inputShape: [2, 1] }), layers.flatten()],
        }),
      [1, 2, 1],
    ],
    [
      'a recurrent layer, the weights of its cell',
      () => tfl.sequential({ layers: [layers.simpleRNN({ units: 2, ...regularized, inputShape: [2, 3] })] }),
      [1, 2, 3],
    ],
    [
      'both halves of a bidirectional layer',
      () =>
        tfl.sequential({
          layers: [
            layers.bidirectional({
              layer: layers.simpleRNN({ units: 2, ...regularized }) as unknown as tfl.RNN,
              mergeMode: 'concat',
              inputShape: [2, 3],
            }),
          ],
        }),
      [1, 2, 3],
    ],
    [
      'each cell of a stack',
      () =>
        tfl.sequential({
          layers: [
            layers.rnn({
              cell: [
                layers.simpleRNNCell({ units: 2, ...regularized }),
                layers.simpleRNNCell({ units: 1, ...regularized }),
              ],
              inputShape: [2, 3],
            }),
          ],
        }),
      [1, 2, 3],
    ],
  ])('%s adds its penalty once, as in Keras', async (name, model, shape) => {
    expectClose([await penalty(model, shape)], [golden.cases[name]], golden.tolerance);
  });

  it('a penalty pulls a shared weight once: 1 - 0.1 * 2 * 0.5 * 1', async () => {
    const model = (): Model => {
      const inputs = tfl.input({ shape: [1] });
      const layer = single();
      return tfl.model({ inputs, outputs: apply(layer, apply(layer, inputs)) });
    };
    const training = trainer(model);
    await training.fit(source([1, 1]), { epochs: 1 });
    const { variables } = await training.save();
    expect(Object.keys(variables)).toEqual(['one/kernel']);
    expect(variables['one/kernel']!.values[0]).toBeCloseTo(0.9, 6);
    training.dispose();
  });

  it('no bias decays, whatever number its name has', async () => {
    const biased = { ...fixed, useBias: true, biasInitializer: 'ones' } as const;
    const model = (): Model =>
      tfl.sequential({
        layers: [
          layers.bidirectional({
            layer: layers.simpleRNN({ units: 1, ...biased, returnSequences: true }) as unknown as tfl.RNN,
            mergeMode: 'concat',
            inputShape: [2, 1],
          }),
          layers.rnn({
            cell: [
              layers.simpleRNNCell({ units: 1, ...biased }),
              layers.simpleRNNCell({ units: 1, ...biased }),
            ],
          }),
        ],
      });
    const training = trainer(model, {
      optimizer: sgd({ learningRate: 1, weightDecay: 0.5, groups: [noDecayOnBiasesAndNorms] }),
    });
    await training.fit(source([1, 2, 1]), { epochs: 1 });
    const { variables } = await training.save();
    const values = Object.entries(variables).map(
      ([
        name,
        {
          values: [value],
        },
      ]) => [name, value],
    );
    expect(values).toEqual(
      ['bidirectional_1', 'rnn_1'].flatMap((layer) =>
        ['kernel', 'recurrent_kernel', 'bias', 'kernel_2', 'recurrent_kernel_2', 'bias_2'].map((name) => [
          `${layer}/${name}`,
          name.startsWith('bias') ? 1 : 0.5,
        ]),
      ),
    );
    training.dispose();
  });

  it('the mask of a recurrent layer that stands in two models is of this step', async () => {
    const layer = layers.simpleRNN({
      units: 1,
      dropout: 0.5,
      recurrentInitializer: 'ones',
      returnSequences: true,
    });
    const model = (): Model => {
      const inside = tfl.input({ shape: [2, 1] });
      const inner = tfl.model({ inputs: inside, outputs: apply(layer, inside) });
      const inputs = tfl.input({ shape: [2, 1] });
      return tfl.model({ inputs, outputs: apply(layers.flatten(), apply(layer, apply(inner, inputs))) });
    };
    const training = trainer(model);
    await training.fit(source([1, 2, 1], [1, 2]), { epochs: 1 });
    expect((layer as unknown as { cell: { dropoutFunc?: unknown } }).cell.dropoutFunc).toBeUndefined();
    training.dispose();
  });

  it('names of nested models that nobody named are the same in every trainer', async () => {
    const model = (frozen: boolean) => (): Model => {
      const inputs = tfl.input({ shape: [2] });
      const inner = (): Model =>
        tfl.sequential({ layers: [layers.dense({ units: 2, inputShape: [2] }), layers.dense({ units: 2 })] });
      const first = inner();
      first.layers[0]!.trainable = !frozen;
      return tfl.model({ inputs, outputs: apply(inner(), apply(first, inputs)) });
    };
    const names = async (frozen: boolean): Promise<readonly string[]> =>
      Object.keys((await trainer(model(frozen)).open()).run.variables);
    expect(await names(false)).toEqual(
      ['sequential_1', 'sequential_2'].flatMap((inner) =>
        ['dense_1/kernel', 'dense_1/bias', 'dense_2/kernel', 'dense_2/bias'].map(
          (name) => `${inner}/${name}`,
        ),
      ),
    );
    expect(await names(true)).toEqual(await names(false));
  });

  it('a frozen part of a wrapped model changes no name', async () => {
    const model = (frozen: boolean) => (): Model => {
      const inner = tfl.sequential({
        layers: [
          layers.dense({ units: 1, inputShape: [1], kernelInitializer: 'zeros' }),
          layers.dense({ units: 1, kernelInitializer: 'ones' }),
        ],
      });
      inner.layers[0]!.trainable = !frozen;
      return tfl.sequential({ layers: [layers.timeDistributed({ layer: inner, inputShape: [2, 1] })] });
    };
    for (const frozen of [false, true]) {
      const { variables } = await trainer(model(frozen)).save();
      expect(
        [variables['time_distributed_1/kernel'], variables['time_distributed_1/kernel_2']].map(
          (one) => one!.values[0],
        ),
      ).toEqual([0, 1]);
    }
  });
});
