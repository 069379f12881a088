import { accumulateGradients, sgd } from '@cantrip/optimizers';
import { expectSameTraining, followTraining, type FollowOptions, presentDevices } from '@cantrip/testing';
import type { AnyPlugin, Plugin, Run, TrainerOptions } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { byteImages, smallCnn } from '../byte-images.ts';

const [device] = await presentDevices(['tensorflow']);

interface Case {
  /** Made anew for each run. */
  readonly plugin?: () => AnyPlugin;
  readonly optimizer?: TrainerOptions['optimizer'];
  readonly following?: FollowOptions;
}

/** One where nothing accumulates. */
function batchesPerStep(optimizer: TrainerOptions['optimizer'] | undefined): number {
  return typeof optimizer === 'object' && 'batchesPerStep' in optimizer ? (optimizer.batchesPerStep ?? 1) : 1;
}

/**
 * Trains op by op and captured and expects the same.
 *
 * @returns how often the step was recorded
 */
async function recordings({ plugin, optimizer, following }: Case): Promise<number> {
  const train = async (capture: boolean) => {
    const calls: unknown[] = [];
    let recorded = 0;
    const counter: Plugin = {
      name: 'counter',
      transformLoss: (loss) => (calls.push(loss.shape), loss),
      onStepEnd: ({ recording }) => void (recorded += recording?.count ?? 0),
    };
    const options = {
      device: 'tensorflow',
      model: smallCnn,
      capture,
      optimizer: optimizer ?? sgd({ learningRate: 0.02, momentum: 0.9 }),
    } as const;
    const plugins = plugin ? [counter, plugin()] : [counter];
    const followed = await followTraining(plugins, options, {
      epochs: 6,
      data: byteImages({ steps: 4 }),
      ...following,
    });
    return { calls: calls.length, recorded, followed };
  };
  const eager = await train(false);
  expect(eager.calls).toBe(eager.followed.losses.length * batchesPerStep(optimizer));
  const captured = await train(true);
  expectSameTraining(captured.followed, eager.followed);
  // The first recording of a structure runs twice, to be compared, and again where an epoch begins.
  expect(captured.calls).toBeGreaterThan(captured.recorded);
  expect(captured.calls).toBeLessThan(eager.calls);
  return captured.recorded;
}

/** Does something to the run at the beginning of an epoch. */
const atEpoch = (epoch: number, change: (run: Run, layers: LayersModel['layers']) => void): AnyPlugin => ({
  name: 'changing',
  onEpochBegin: ({ run, epoch: now }) => {
    if (now === epoch) change(run, (run.model as LayersModel).layers);
  },
});

describe.skipIf(!device)('the step is recorded', () => {
  it('once for each shape, and a shape that comes back is not recorded again', async () => {
    expect(await recordings({})).toBe(2);
    expect(await recordings({ following: { data: byteImages({ steps: 3, last: 16 }) } })).toBe(1);
  });

  it('once for each phase of accumulated gradients', async () => {
    const optimizer = accumulateGradients(sgd({ learningRate: 0.02 }), { steps: 2 });
    const data = byteImages({ steps: 4, last: 16 });
    expect(await recordings({ optimizer, following: { data } })).toBe(2);
  });

  it('anew when a layer is unfrozen at epoch 5, and not again when it is frozen again', async () => {
    const plugin = (): AnyPlugin => ({
      name: 'unfreezing',
      setup: ({ model }) => void ((model as LayersModel).layers[0]!.trainable = false),
      onEpochBegin: ({ run, epoch }) => {
        (run.model as LayersModel).layers[0]!.trainable = epoch === 5;
      },
    });
    expect(await recordings({ plugin, following: { epochs: 7 } })).toBe(4);
  });

  it('anew when a plugin says so that chooses other variables', async () => {
    const plugin = (): AnyPlugin => {
      let headOnly = true;
      return {
        name: 'head-first',
        transformVariables: (variables) =>
          Object.fromEntries(
            Object.entries(variables).filter(([name]) => !headOnly || name.startsWith('dense')),
          ),
        onEpochBegin: ({ run, epoch }) => {
          if (epoch !== 5) return;
          headOnly = false;
          run.restructure();
        },
      };
    };
    expect(await recordings({ plugin })).toBe(4);
  });

  it('anew when a plugin says so that changed what a layer computes', async () => {
    const plugin = (): AnyPlugin =>
      atEpoch(3, (run, layers) => {
        const norm = layers[1]!;
        const { call } = norm;
        norm.call = (inputs, kwargs) => call.call(norm, inputs, { ...kwargs, training: false });
        const dropout = layers.find(({ name }) => name.startsWith('dropout'))!;
        (dropout as unknown as { rate: number }).rate = 0;
        run.restructure();
      });
    expect(await recordings({ plugin })).toBe(4);
  });

  it('anew when a plugin schedules another scalar', async () => {
    const plugin = (): AnyPlugin => ({
      name: 'scaling',
      scheduleScalars: (scalars, { epoch }) => (epoch < 3 ? scalars : { ...scalars, factor: 1 + epoch }),
      transformLoss: (loss, { scalars }) =>
        scalars['factor'] ? (tf.mul(loss, scalars['factor']) as tf.Scalar) : loss,
    });
    expect(await recordings({ plugin })).toBe(4);
  });

  it('anew when a layer gets another variable in the place of one', async () => {
    const plugin = (): AnyPlugin =>
      atEpoch(3, (_run, layers) => {
        const dense = layers.at(-1) as unknown as { bias: { val: tf.Variable } };
        dense.bias.val = tf.variable(tf.tensor1d([1, 2, 3, 4]));
      });
    expect(await recordings({ plugin })).toBe(4);
  });
});
