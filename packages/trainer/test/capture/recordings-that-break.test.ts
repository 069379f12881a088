import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { sgd } from '@cantrip/optimizers';
import { expectClose, presentDevices } from '@cantrip/testing';
import type { AnyPlugin, TrainerOptions } from '@cantrip/trainer';
import { describe, expect, it } from 'vitest';
import { ones, unit, watchedLosses } from './state-trainer.ts';

const [device] = await presentDevices(['tensorflow']);

interface Native extends tf.KernelBackend {
  readonly binding: Readonly<Record<string, number>>;
  executeSingleOutput(op: string, attributes: object[], inputs: tf.TensorInfo[]): tf.Tensor;
}

/** Runs an op of TensorFlow's that tfjs-core has no name for. */
function native(
  op: string,
  attributes: (types: Native['binding']) => object[],
  ...inputs: tf.Tensor[]
): tf.Tensor {
  const backend = tf.backend() as Native;
  return backend.executeSingleOutput(op, attributes(backend.binding), inputs);
}

const ofFloats = (types: Native['binding']): object[] => [
  { name: 'T', type: types['TF_ATTR_TYPE'], value: types['TF_FLOAT'] },
];

/** Adds what an op gives, times nothing and without a gradient, so that figures are those of a step without it. */
function beside(x: tf.Tensor, op: (x: tf.Tensor) => tf.Tensor): tf.Tensor {
  const nothing = tf.customGrad((given: unknown) => ({
    value: tf.mul(tf.sum(tf.cast(op(given as tf.Tensor), 'float32')), 0),
    gradFunc: () => tf.zerosLike(given as tf.Tensor),
  }));
  return tf.add(x, nothing(x));
}

/** What the device can't know before it runs: TensorFlow computes an op of constants beforehand. */
const unknown = (x: tf.Tensor): tf.Tensor => tf.sum(x);

const numbers = (x: tf.Tensor): tf.Tensor1D => tf.mul(tf.tensor1d([1, 2, 2, 3]), unknown(x));
const images = (x: tf.Tensor): tf.Tensor4D => tf.mul(tf.ones([1, 4, 4, 1]), unknown(x));

/** Ops that run op by op and that no recording can hold, by the word that messages call them. */
const breaking: readonly (readonly [string, (x: tf.Tensor) => tf.Tensor, RegExp])[] = [
  [
    'a selection of boxes',
    (x) => tf.image.nonMaxSuppression(tf.ones([4, 4]), numbers(x), 2),
    /NonMaxSuppressionV3.*CAPTURE_SHAPE/,
  ],
  ['the distinct numbers', (x) => tf.unique(numbers(x)).values, /UniqueV2.*CAPTURE_SHAPE/],
  [
    'a shape that values give',
    (x) =>
      native(
        'Fill',
        (types) => [
          ...ofFloats(types),
          { name: 'index_type', type: types['TF_ATTR_TYPE'], value: types['TF_INT32'] },
        ],
        tf.cast(tf.reshape(unknown(x), [1]), 'int32'),
        tf.scalar(1),
      ),
    /Fill.*CAPTURE_SHAPE/,
  ],
  [
    'an op with a state of its own',
    (x) =>
      native(
        'CheckNumerics',
        (types) => [...ofFloats(types), { name: 'message', type: types['TF_ATTR_STRING'], value: 'odd' }],
        unknown(x),
      ),
    /CheckNumerics.*CAPTURE_STATEFUL/,
  ],
  [
    'an op that draws by itself',
    () =>
      native(
        'RandomUniform',
        (types) => [
          { name: 'dtype', type: types['TF_ATTR_TYPE'], value: types['TF_FLOAT'] },
          { name: 'T', type: types['TF_ATTR_TYPE'], value: types['TF_INT32'] },
          { name: 'seed', type: types['TF_ATTR_INT'], value: 1 },
          { name: 'seed2', type: types['TF_ATTR_INT'], value: 2 },
        ],
        tf.tensor1d([2], 'int32'),
      ),
    /RandomUniform.*CAPTURE_STATEFUL/,
  ],
];

/** Ops that a recording holds and XLA does not compile. */
const uncompilable: readonly (readonly [string, (x: tf.Tensor) => tf.Tensor, RegExp])[] = [
  ['a dilation', (x) => tf.dilation2d(images(x), tf.zeros([1, 1, 1]), 1, 'same'), /XLA.*lacks Dilation2D/],
  [
    'a crop',
    (x) => tf.image.cropAndResize(images(x), tf.tensor2d([[0, 0, 1, 1]]), tf.tensor1d([0], 'int32'), [2, 2]),
    /XLA.*lacks CropAndResize/,
  ],
  [
    'a root of a matrix',
    (x) => native('MatrixSquareRoot', ofFloats, tf.mul(tf.eye(2), tf.square(unknown(x)))),
    /XLA.*lacks MatrixSquareRoot/,
  ],
];

class Odd extends tfl.layers.Layer {
  static get className(): string {
    return 'Odd';
  }
  constructor(private readonly op: (x: tf.Tensor) => tf.Tensor) {
    super({ name: 'odd' });
  }
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = [inputs].flat()[0]!;
    return tf.tidy(() => beside(x, this.op));
  }
}

const inLayer = (op: (x: tf.Tensor) => tf.Tensor): Partial<TrainerOptions> => ({
  model: () => tfl.sequential({ layers: [unit(), new Odd(op)] }),
});
const inPlugin = (op: (x: tf.Tensor) => tf.Tensor): Partial<TrainerOptions> => ({
  plugins: [{ name: 'odd', transformLoss: (loss) => tf.tidy(() => beside(loss, op) as tf.Scalar) }],
});
const optimizer = sgd({ learningRate: 0.1, momentum: 0.9 });

const train = async (
  options: Partial<TrainerOptions>,
): Promise<{ losses: number[]; log: string[]; recorded: number }> => {
  let recorded = 0;
  const counter: AnyPlugin = {
    name: 'counter',
    onStepEnd: ({ recording }) => void (recorded += recording?.count ?? 0),
  };
  const plugins = [...(options.plugins ?? []), counter];
  const { trainer, losses, log } = watchedLosses({ optimizer, ...options, plugins });
  await trainer.fit(ones(4), { epochs: 2 }).finally(() => trainer.dispose());
  return { losses, log, recorded };
};

const places = [
  ['in a layer', inLayer, /\[trainer\] in the layer odd, /],
  ['in a plugin', inPlugin, /\[odd\] in transformLoss, /],
] as const;
const everywhere = <Row extends readonly unknown[]>(rows: readonly Row[]) =>
  rows.flatMap((row) => places.map((place) => [...row, ...place] as const));

describe.skipIf(!device)('where a recording breaks at', () => {
  it.each(everywhere(breaking))(
    '%s, fit goes on op by op, told once',
    async (_, op, why, _where, make, place) => {
      const { losses, log } = await train(make(op));
      expectClose(losses, (await train({ ...make(op), capture: false })).losses, { relative: 1e-5 });
      expect(log).toEqual([expect.stringMatching(/^\[trainer\] the training step runs op by op: /)]);
      expect(log[0]).toMatch(why);
      expect(log[0]).toMatch(place);
      await expect(train({ ...make(op), capture: true })).rejects.toThrow(why);
    },
  );

  it.each(breaking)('%s, evaluate and predict go on op by op, each told once', async (_, op, why) => {
    const { trainer, log } = watchedLosses(inLayer(op));
    for (let call = 0; call < 2; call++) {
      expect(await trainer.evaluate(ones(2))).toEqual({ loss: 1 });
      const output = await trainer.predict({ values: Float32Array.of(3), shape: [1, 1] });
      expect((output as tf.Tensor).dataSync()[0]).toBe(3);
    }
    expect(log).toEqual([expect.stringMatching(why), expect.stringMatching(why)]);
    expect(log.map((line) => /^\[trainer\] (\w+) runs op by op/.exec(line)?.[1])).toEqual([
      'evaluation',
      'prediction',
    ]);
    trainer.dispose();
    const strict = watchedLosses({ ...inLayer(op), capture: true }).trainer;
    await expect(strict.evaluate(ones(2))).rejects.toThrow(why);
    await expect(strict.predict({ values: Float32Array.of(3), shape: [1, 1] })).rejects.toThrow(why);
  });
});

describe.skipIf(!device)("with compile: 'xla', where XLA can't compile", () => {
  it.each(everywhere(uncompilable))(
    '%s, fit goes on captured, told once',
    async (_, op, why, _where, make, place) => {
      const { losses, log, recorded } = await train({ ...make(op), compile: 'xla' });
      const plain = await train(make(op));
      expect(losses).toEqual(plain.losses);
      expectClose(losses, (await train({ ...make(op), capture: false })).losses, { relative: 1e-5 });
      expect(log).toEqual([
        expect.stringMatching(/^\[trainer\] the training step is captured but not compiled: /),
      ]);
      expect(log[0]).toMatch(why);
      expect(log[0]).toMatch(place);
      expect([plain.recorded, plain.log, recorded]).toEqual([1, [], 1]);
    },
  );

  it.each(everywhere(uncompilable))(
    '%s, capture: true is one sentence, and nothing is changed',
    async (_, op, why, _where, make, place) => {
      const { trainer, losses } = watchedLosses({ optimizer, ...make(op), compile: 'xla', capture: true });
      const { run } = await trainer.open();
      const failure = await trainer.fit(ones(4), { epochs: 1 }).catch((error: unknown) => error as Error);
      expect(failure).toMatchObject({ message: expect.stringMatching(why) as string });
      expect(String((failure as Error).message)).toMatch(place);
      expect((failure as Error).message).not.toContain('\n');
      expect([losses, ...Object.values(run.variables).map((weight) => weight.dataSync()[0])]).toEqual([
        [],
        1,
      ]);
      trainer.dispose();
    },
  );

  it.each(breaking)('%s, which no recording holds, fit goes on op by op, told once', async (_, op, why) => {
    const { losses, log } = await train({ ...inLayer(op), compile: 'xla' });
    expectClose(losses, (await train({ ...inLayer(op), capture: false })).losses, { relative: 1e-5 });
    expect(log).toEqual([
      expect.stringMatching(/^\[trainer\] the training step runs op by op and not compiled: /),
    ]);
    expect(log[0]).toMatch(why);
  });

  it('a step that keeps state, it has the state that it has op by op, and one message says so', async () => {
    const stateful = (): Partial<TrainerOptions> => {
      let total: tf.Tensor = tf.scalar(0);
      const add = (loss: tf.Tensor): tf.Scalar => {
        const before = total;
        total = tf.keep(tf.add(before, beside(loss, uncompilable[0]![1])));
        before.dispose();
        return tf.clone(total) as tf.Scalar;
      };
      return { plugins: [{ name: 'odd', transformLoss: add }], optimizer: sgd({ learningRate: 0 }) };
    };
    const { losses, log } = await train({ ...stateful(), compile: 'xla' });
    expect(losses).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(log).toEqual([expect.stringMatching(/op by op and not compiled: \[odd\].*CAPTURE_STATE/)]);
  });
});
