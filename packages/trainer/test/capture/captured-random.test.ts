import * as tf from '@tensorflow/tfjs-core';
import { expectClose, presentDevices, tinyData, tinyTrainer, weightsOf } from '@cantrip/testing';
import type { AnyPlugin, ModelFunction, Plugin, Trainer, TrainerOptions } from '@cantrip/trainer';
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

  it.each([true, false])(
    'draws at the last batch that int32 holds, and goes no further: capture %s',
    async (capture) => {
      const at = async (device: 'cpu' | 'tensorflow'): Promise<{ trainer: Trainer; weights: number[] }> => {
        const trainer = tinyTrainer([noisy], { device, ...(device === 'cpu' ? {} : { capture }) });
        await trainer.fit(tinyData({ examples: 8 }), { epochs: 1 });
        const { position, ...rest } = await trainer.save();
        await trainer.restore({
          ...rest,
          position: { ...position, step: 2 ** 31 - 1, batches: 2 ** 31 - 1 },
        });
        await trainer.fit(tinyData({ examples: 8 }), { epochs: 2 });
        return { trainer, weights: Object.values(await weightsOf(trainer)).flat() };
      };
      const { trainer, weights } = await at('tensorflow');
      await expect(trainer.fit(tinyData({ examples: 8 }), { epochs: 3 })).rejects.toThrow(
        '[trainer] a run has at most 2^31 batches, and this is batch 2147483648.',
      );
      expectClose(weights, (await at('cpu')).weights, { absolute: 1e-5 });
    },
  );

  it('is refused where it draws on the host, by plugin and hook', async () => {
    await expect(trained({ capture: true }, [careless])).rejects.toThrow(
      /^\[careless\] transformBatch must not draw random numbers on the host \(Math\.random.*Draw with random\(stream\).*\(CAPTURE_RANDOM\)$/,
    );
  });

  describe('by means of its own', () => {
    let state = 7;
    const xorshift = (): number => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return (state >>> 0) / 2 ** 32;
    };
    let seed = 1;
    const adding = (noise: () => tf.Tensor): AnyPlugin => ({
      name: 'secretive',
      transformBatch: (batch) => ({ ...batch, inputs: tf.add(batch.inputs as tf.Tensor, noise()) }),
    });
    const differs = 'a tensor of shape .* differs when the step runs again.*CAPTURE_VARIES';
    const ways: readonly (readonly [string, AnyPlugin, string])[] = [
      ['a generator of its own', adding(() => tf.scalar(xorshift())), `transformBatch, ${differs}`],
      [
        'a seed that goes on',
        adding(() => tf.randomNormal([1], 0, 1, 'float32', seed++)),
        'transformBatch, the step changes seed at each run.*CAPTURE_STATE',
      ],
      [
        "the system's generator",
        {
          name: 'secretive',
          transformLoss: (loss) => tf.mul(loss, 1 + crypto.getRandomValues(new Uint16Array(1))[0]! / 65536),
        },
        `transformLoss, ${differs}`,
      ],
    ];

    it.each(ways)('%s, is refused by plugin and hook', async (_, plugin, why) => {
      await expect(trained({ capture: true }, [noisy, plugin])).rejects.toThrow(
        new RegExp(`^\\[secretive\\] in ${why}`),
      );
    });

    it.each(ways)('%s, goes on op by op where that was left to the trainer', async (_, plugin) => {
      const log: string[] = [];
      await trained({ capture: 'auto', log: (message) => void log.push(message) }, [plugin]);
      expect(log).toHaveLength(1);
      expect(log[0]).toMatch(/^\[trainer\] the training step runs op by op: \[secretive\] in transform/);
    });

    it('but the same in each step, is a constant and trains as op by op', async () => {
      const plugin = adding(() => tf.randomNormal([8, 6, 6, 1], 0, 1, 'float32', 5));
      const captured = await trained({ capture: true }, [plugin]);
      expectClose(captured, await trained({ capture: false }, [plugin]), { absolute: 1e-5 });
    });
  });

  it('is refused where the model draws on the host', async () => {
    let factor: tf.Variable | undefined;
    const model = (): ModelFunction => {
      const own = (factor = tf.variable(tf.ones([1, 3]), true, 'factor'));
      return (inputs) => tf.mul(tf.randomNormal([(inputs as tf.Tensor).shape[0]!, 3]), own);
    };
    await expect(trained({ capture: true, model }, [])).rejects.toThrow(
      /^\[trainer\] the model or the loss must not draw random numbers on the host.*\(CAPTURE_RANDOM\)$/,
    );
    factor?.dispose();
  });

  it('goes on op by op, and says why, where capturing was left to the trainer', async () => {
    const log: string[] = [];
    const options = { capture: 'auto', log: (message: string) => void log.push(message) } as const;
    const weights = await trained(options, [careless]);
    expect(log.join()).toMatch(
      /runs op by op: \[careless\] transformBatch must not draw random numbers on the host/,
    );
    expect(await trained({ capture: false }, [careless])).toEqual(weights);
  });
});
