import * as tf from '@tensorflow/tfjs-core';
import { expectClose, presentDevices, tinyData, tinyTrainer, weightsOf } from '@cantrip/testing';
import type { AnyPlugin, ModelFunction, Plugin, TrainerOptions } from '@cantrip/trainer';
import { describe, expect, it } from 'vitest';

const [device] = await presentDevices(['tensorflow']);

/** Draws where a transform should not. */
const careless: Plugin = {
  name: 'careless',
  transformBatch: (batch) => ({ ...batch, inputs: tf.dropout(batch.inputs as tf.Tensor, 0.5) }),
};

describe.skipIf(!device)('a captured step that draws', () => {
  const noisy: Plugin = {
    name: 'noisy',
    transformBatch: ({ inputs, ...batch }, { random }) => {
      const { uniform, normal, bernoulli } = random('noisy');
      const shape = (inputs as tf.Tensor).shape;
      const noise = tf.addN([uniform(shape, -1, 1), normal(shape, 0, 0.1), bernoulli(shape, 0.9)]);
      return { ...batch, inputs: tf.add(inputs as tf.Tensor, noise) };
    },
  };
  const trained = async (
    options: Partial<TrainerOptions>,
    plugins: readonly AnyPlugin[],
  ): Promise<number[]> => {
    const trainer = tinyTrainer(plugins, { device: 'tensorflow', ...options });
    await trainer.fit(tinyData(), { epochs: 2 });
    const weights = await weightsOf(trainer);
    trainer.dispose();
    return Object.values(weights).flat();
  };

  it('trains as one that runs op by op, with noise from a plugin and dropout in the model', async () => {
    const captured = await trained({ capture: true }, [noisy]);
    expectClose(captured, await trained({ capture: false }, [noisy]), { absolute: 1e-5 });
    expect(await trained({ capture: true }, [noisy])).toEqual(captured);
    expect(captured).not.toEqual(await trained({ capture: true }, []));
  });

  it('is refused where it draws on the host, by plugin and hook', async () => {
    await expect(trained({ capture: true }, [careless])).rejects.toThrow(
      /^\[careless\] transformBatch draws random numbers on the host \(Math\.random.*Draw with random\(stream\).*\(CAPTURE_RANDOM\)$/,
    );
  });

  it('is refused where the model draws on the host', async () => {
    const model = (): ModelFunction => {
      const factor = tf.variable(tf.ones([1, 3]), true, 'factor');
      return (inputs) => tf.mul(tf.randomNormal([(inputs as tf.Tensor).shape[0]!, 3]), factor);
    };
    await expect(trained({ capture: true, model }, [])).rejects.toThrow(
      /^\[trainer\] the model or the loss draws random numbers on the host.*\(CAPTURE_RANDOM\)$/,
    );
    tf.disposeVariables();
  });

  it('goes on op by op, and says why, where capturing was left to the trainer', async () => {
    const log: string[] = [];
    const options = { capture: 'auto', log: (message: string) => void log.push(message) } as const;
    const weights = await trained(options, [careless]);
    expect(log.join()).toMatch(/runs op by op: \[careless\] transformBatch draws random numbers on the host/);
    expect(await trained({ capture: false }, [careless])).toEqual(weights);
  });
});
