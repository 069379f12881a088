import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { sgd } from '@cantrip/optimizers';
import { expectClose, presentDevices } from '@cantrip/testing';
import type { AnyPlugin, Loss, TrainerOptions } from '@cantrip/trainer';
import { describe, expect, it } from 'vitest';
import { ones, unit, watchedLosses } from './state-trainer.ts';

const [device] = await presentDevices(['tensorflow']);

const squared = (targets: tf.Tensor, outputs: tf.Tensor): tf.Scalar =>
  tf.tidy(() => tf.mean(tf.square(tf.sub(outputs, targets))));

interface Ran {
  readonly losses: readonly number[];
  readonly log: readonly string[];
  readonly recorded: number;
}

interface Length {
  readonly epochs: number;
  readonly steps: number;
}

async function train(options: Partial<TrainerOptions>, { epochs, steps }: Length): Promise<Ran> {
  let recorded = 0;
  const counter: AnyPlugin = {
    name: 'counter',
    onStepEnd: ({ recording }) => void (recorded += recording?.count ?? 0),
  };
  const { trainer, losses, log } = watchedLosses({
    ...options,
    plugins: [...(options.plugins ?? []), counter],
  });
  await trainer.fit(ones(steps), { epochs }).finally(() => trainer.dispose());
  return { losses, log, recorded };
}

const atStep = (at: number, change: (layers: readonly tfl.layers.Layer[]) => void): AnyPlugin => ({
  name: 'changing',
  onStepEnd: ({ run, step }) => {
    if (step === at) change((run.model as tfl.LayersModel).layers);
  },
});

/** The property of a layer, whatever its type says. */
const set = (layer: tfl.layers.Layer | undefined, values: object): void => void Object.assign(layer!, values);

class Scaling extends tfl.layers.Layer {
  factor = 1;
  static get className(): string {
    return 'Scaling';
  }
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.mul([inputs].flat()[0]!, this.trainable ? this.factor : 3);
  }
}
const scaled = (): tfl.LayersModel => tfl.sequential({ layers: [unit(), new Scaling({ name: 'scaling' })] });

const inHand: Loss = {
  name: 'in hand',
  compute: (targets, outputs) => squared(targets as tf.Tensor, outputs as tf.Tensor),
};

/** What is on known objects, changed after the third step of six: what the losses are then. */
const carried: readonly (readonly [string, () => Partial<TrainerOptions>, number])[] = [
  [
    'the number of a layer',
    () => ({ model: scaled, plugins: [atStep(3, (layers) => set(layers[1], { factor: 2 }))] }),
    4,
  ],
  [
    'trainable of a layer without weights',
    () => ({ model: scaled, plugins: [atStep(3, (layers) => set(layers[1], { trainable: false }))] }),
    9,
  ],
  [
    'the activation of a layer',
    () => ({
      plugins: [
        atStep(3, (layers) =>
          set(layers[0], {
            activation: { apply: (x: tf.Tensor) => tf.mul(x, 4), getClassName: () => 'fourfold' },
          }),
        ),
      ],
    }),
    16,
  ],
  [
    'the factor of a regularizer',
    () => ({
      model: () =>
        tfl.sequential({
          layers: [
            tfl.layers.dense({
              units: 1,
              inputShape: [1],
              kernelInitializer: 'ones',
              useBias: false,
              kernelRegularizer: tfl.regularizers.l2({ l2: 0 }),
            }),
          ],
        }),
      plugins: [
        atStep(3, (layers) => {
          const { kernelRegularizer } = layers[0] as unknown as { kernelRegularizer: object };
          Object.assign(kernelRegularizer, { l2: 0.5, hasL2: true });
        }),
      ],
    }),
    1.5,
  ],
  [
    'the call of a layer',
    () => ({
      plugins: [
        atStep(3, (layers) =>
          set(layers[0], { call: (x: tf.Tensor | tf.Tensor[]) => tf.mul([x].flat()[0]!, 5) }),
        ),
      ],
      model: () => tfl.sequential({ layers: [new Scaling({ inputShape: [1] }), unit()] }),
    }),
    25,
  ],
  [
    'the number of a loss',
    () => {
      const loss = {
        ...inHand,
        factor: 1,
        compute(targets: unknown, outputs: unknown) {
          return tf.mul(squared(targets as tf.Tensor, outputs as tf.Tensor), this.factor) as tf.Scalar;
        },
      };
      return { loss: loss as unknown as Loss, plugins: [atStep(3, () => void (loss.factor = 8))] };
    },
    8,
  ],
];

const counting = (): Partial<TrainerOptions> => {
  let calls = 0;
  return {
    loss: (targets, outputs) =>
      tf.mul(squared(targets as tf.Tensor, outputs as tf.Tensor), ++calls > 4 ? 2 : 1) as tf.Scalar,
  };
};

/** What the step's own JavaScript changes, without an effect in its first runs: what the losses of six steps are. */
const counted: readonly (readonly [string, () => Partial<TrainerOptions>, readonly number[], RegExp])[] = [
  [
    'a counter in the closure of a loss',
    counting,
    [1, 1, 1, 1, 2, 2],
    /\[trainer\] in the loss loss, the step changes calls at each run.*CAPTURE_STATE/,
  ],
  [
    'a warm-up in the closure of a plugin',
    () => {
      let warm = 0;
      const rise = (): number => (warm = Math.min(1, warm + 0.25));
      return {
        plugins: [
          { name: 'warm-up', transformLoss: (loss) => (rise() < 1 ? loss : (tf.mul(loss, 3) as tf.Scalar)) },
        ],
      };
    },
    [1, 1, 1, 3, 3, 3],
    /\[warm-up\] in transformLoss, the step changes warm at each run.*CAPTURE_STATE/,
  ],
  [
    'a number of an object in a closure',
    () => {
      const state = { seen: 0 };
      return {
        plugins: [
          {
            name: 'seeing',
            transformLoss: (loss) => ((state.seen += 1) > 4 ? (tf.mul(loss, 2) as tf.Scalar) : loss),
          },
        ],
      };
    },
    [1, 1, 1, 1, 2, 2],
    /\[seeing\] in transformLoss, the step changes state\.seen at each run.*CAPTURE_STATE/,
  ],
  [
    'a global variable',
    () => {
      const all = globalThis as { cantripCalls?: number };
      all.cantripCalls = 0;
      return {
        plugins: [
          {
            name: 'global',
            transformLoss: (loss) =>
              (globalThis as { cantripCalls?: number }).cantripCalls!++ > 3
                ? (tf.mul(loss, 2) as tf.Scalar)
                : loss,
          },
        ],
      };
    },
    [1, 1, 1, 1, 2, 2],
    /\[global\] in transformLoss, the step changes cantripCalls at each run.*CAPTURE_STATE/,
  ],
  [
    'a counter in the closure of a layer of the user',
    () => {
      let calls = 0;
      class Later extends tfl.layers.Layer {
        static get className(): string {
          return 'Later';
        }
        override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
          return tf.mul([inputs].flat()[0]!, ++calls > 4 ? 2 : 1);
        }
      }
      return {
        model: () => {
          const layers = [unit(), new Later({ name: 'later' })];
          const model = tfl.sequential({ layers });
          calls = 0;
          return model;
        },
      };
    },
    [1, 1, 1, 1, 4, 4],
    /in the layer later, the step changes calls at each run.*CAPTURE_STATE/,
  ],
];

/** A number that only a closure holds and that others change after a step. */
const changing = (after: number): Partial<TrainerOptions> => {
  let coefficient = 1;
  return {
    loss: (targets, outputs) =>
      tf.mul(squared(targets as tf.Tensor, outputs as tf.Tensor), coefficient) as tf.Scalar,
    plugins: [atStep(after, () => void (coefficient = 2))],
  };
};

const both = ['auto', true] as const;

describe.skipIf(!device)('a step that is replayed', () => {
  it.each(carried.flatMap((row) => both.map((capture) => [...row, capture] as const)))(
    'carries %s',
    async (_, make, then, capture) => {
      const { losses, log } = await train({ ...make(), capture }, { epochs: 2, steps: 3 });
      expect(losses).toEqual((await train({ ...make(), capture: false }, { epochs: 2, steps: 3 })).losses);
      expectClose(losses, [1, 1, 1, then, then, then], { relative: 1e-6 });
      expect(log).toEqual([]);
    },
  );

  it.each(counted)('never holds %s as it was', async (_, make, expected, why) => {
    const length = { epochs: 2, steps: 3 };
    expect((await train({ ...make(), capture: false }, length)).losses).toEqual(expected);
    const { losses, log } = await train({ ...make(), capture: 'auto' }, length);
    expect([losses, log]).toEqual([expected, [expect.stringMatching(why)]]);
    await expect(train({ ...make(), capture: true }, length)).rejects.toThrow(why);
  });

  it('finds at the next epoch that a closure was given another number, and tells since when', async () => {
    const { losses, log } = await train(changing(5), { epochs: 4, steps: 4 });
    // The last three steps of the second epoch used what was recorded.
    expect(losses).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2]);
    expect(log).toEqual([
      expect.stringMatching(
        /^\[trainer\] the training step runs op by op: \[capture\] a tensor of shape \[\] has changed since the step was recorded, and its last 3 calls may have used the old value\. .*run\.restructure\(\).*\(CAPTURE_VARIES\)$/,
      ),
    ]);
    await expect(train({ ...changing(5), capture: true }, { epochs: 4, steps: 4 })).rejects.toThrow(
      /its last 3 calls may have used the old value.*CAPTURE_VARIES/,
    );
  });

  it('finds at the next epoch that a static field was given another number', async () => {
    class Settings {
      static factor = 1;
    }
    const { losses, log } = await train(
      {
        loss: (targets, outputs) =>
          tf.mul(squared(targets as tf.Tensor, outputs as tf.Tensor), Settings.factor) as tf.Scalar,
        plugins: [atStep(5, () => void (Settings.factor = 10))],
      },
      { epochs: 3, steps: 4 },
    );
    expect(losses).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 10, 10, 10, 10]);
    expect(log).toEqual([expect.stringMatching(/its last 3 calls may have used.*CAPTURE_VARIES/)]);
  });

  it.each([
    [5, 9, 7],
    [50, 99, 89],
  ])('finds within one epoch what changed after step %i at step %i', async (after, found, since) => {
    const { losses, log } = await train(changing(after), { epochs: 1, steps: found + 5 });
    expect(losses.indexOf(2)).toBe(found);
    expect(log[0]).toMatch(`its last ${since} calls may have used the old value`);
  });

  it('is not recorded again and again where a hook of the host counts on a layer', async () => {
    let noted = 0;
    const noting: AnyPlugin = {
      name: 'noting',
      onStepEnd: ({ run, step }) => {
        set((run.model as tfl.LayersModel).layers[0], { note: step });
        noted++;
      },
    };
    const { recorded, log } = await train({ plugins: [noting], capture: true }, { epochs: 1, steps: 30 });
    expect([noted, recorded, log]).toEqual([30, 1, []]);
  });

  it('goes back to an earlier recording where a number comes back', async () => {
    const flipping: AnyPlugin = {
      name: 'flipping',
      onStepEnd: ({ run, step }) =>
        set((run.model as tfl.LayersModel).layers[1], { factor: step % 2 === 0 ? 1 : 2 }),
    };
    const { recorded, losses } = await train(
      { model: scaled, plugins: [flipping], capture: true },
      { epochs: 1, steps: 12 },
    );
    expect(losses).toEqual([1, 4, 1, 4, 1, 4, 1, 4, 1, 4, 1, 4]);
    expect(recorded).toBe(2);
  });

  it('of an evaluation is compared where the next evaluation begins', async () => {
    let coefficient = 1;
    const { trainer, log } = watchedLosses({
      optimizer: sgd({ learningRate: 0 }),
      loss: (targets, outputs) =>
        tf.mul(squared(targets as tf.Tensor, outputs as tf.Tensor), coefficient) as tf.Scalar,
    });
    expect(await trainer.evaluate(ones(3))).toEqual({ loss: 1 });
    coefficient = 2;
    expect(await trainer.evaluate(ones(3))).toEqual({ loss: 2 });
    expect(log).toEqual([expect.stringMatching(/^\[trainer\] evaluation runs op by op: .*CAPTURE_VARIES/)]);
    trainer.dispose();
  });
});
