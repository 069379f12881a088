import { presentWays, tinyData, tinyTrainer } from '@cantrip/testing';
import { seed, verifyDeterminism } from '@cantrip/seed';
import type { AnyPlugin, BatchSource, Plugin } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

const ways = await presentWays();
const plain: Plugin = {
  name: 'plain',
  transformBatch: ({ inputs, targets }) => ({ inputs: tf.mul(inputs as tf.Tensor, 1.5), targets }),
  transformGradients: (gradients) => gradients,
};

describe.each(ways)('verifyDeterminism of a training $name', ({ tinyTrainer: train }) => {
  const verify = (plugins: readonly AnyPlugin[], steps = 4, data: BatchSource = tinyData({ examples: 20 })) =>
    verifyDeterminism((watch) => train(watch([seed({ value: 1 }), ...plugins]) as AnyPlugin[]), {
      data,
      steps,
    });

  it('finds equal runs equal, dropout and a last short batch included', async () => {
    expect(await verify([plain])).toEqual({
      deterministic: true,
      message: '4 steps are equal to the bit.',
      parting: undefined,
    });
  });

  it('leaves no tensor behind', async () => {
    await verify([plain]);
    const before = tf.memory().numTensors;
    await verify([plain]);
    await verify([drifting(plain, 1)]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('names the step and the plugin whose scalar differs', async () => {
    const { deterministic, parting, message } = await verify([plain, drifting(plain, 2)]);
    expect(deterministic).toBe(false);
    expect(parting).toMatchObject({
      step: 2,
      tensor: 'scalar drift',
      plugin: 'drifting',
      hook: 'scheduleScalars',
      lastHook: 'drifting.scheduleScalars',
    });
    expect(message).toMatch(
      /^the runs differ at step 2 in scalar drift after drifting\.scheduleScalars \(by /,
    );
  });

  it('names the gradient and the plugin that changes it by what is kept from run to run', async () => {
    const kept = tf.keep(tf.variable(tf.scalar(1), false));
    const hoarding: Plugin = {
      name: 'hoarding',
      transformGradients(gradients) {
        kept.assign(tf.mul(kept, 1.01));
        const last = Object.keys(gradients).at(-1)!;
        return { ...gradients, [last]: tf.mul(gradients[last]!, kept) };
      },
    };
    const { parting, message } = await verify([plain, hoarding]);
    kept.dispose();
    expect(parting).toMatchObject({ step: 0, plugin: 'hoarding', hook: 'transformGradients' });
    expect(parting!.tensor).toMatch(/^gradient of dense\S*\/bias$/);
    expect(parting!.difference!.count).toBeGreaterThan(0);
    expect(parting!.difference!.elements).toBe(3);
    expect(message).toMatch(
      /at step 0 in gradient of \S+ after hoarding\.transformGradients \(\d of 3 elements differ, by .*\); equal before it: batch inputs, batch targets, outputs, loss, \d gradients; the last plugin hook before it is hoarding\.transformGradients\.$/,
    );
  });

  it('names the data where a batch differs as it is given', async () => {
    let calls = 0;
    const { parting, message } = await verify(
      [plain],
      6,
      changed(() => ++calls),
    );
    expect(parting).toMatchObject({
      step: 0,
      tensor: 'batch inputs',
      plugin: undefined,
      hook: 'transformBatch',
    });
    expect(parting!.difference!.count).toBe(1);
    expect(message).toContain(
      'at step 0 in batch inputs as the data gave them (1 of 288 elements differ, by ',
    );
    expect(message).toContain('no plugin hook ran before it in this step. Shuffle and augment with the seed');
  });

  it('says what it knows where only the first two runs part', async () => {
    let calls = 0;
    const { deterministic, parting, message } = await verify(
      [plain],
      6,
      changed(() => Number(++calls > 8)),
    );
    expect(deterministic).toBe(false);
    expect(parting).toMatchObject({ tensor: 'loss', hook: 'onStepEnd', difference: undefined });
    expect(message).toMatch(/ The two runs that record every tensor were equal, /);
  });

  it('names the weight where the model is built another way', async () => {
    let builds = 0;
    const model = (): ((inputs: unknown) => tf.Tensor) => {
      const matrix = tf.variable(tf.fill([36, 3], ++builds), true, `matrix${builds}`);
      return (inputs) => tf.matMul(tf.reshape(inputs as tf.Tensor, [-1, 36]), matrix as tf.Tensor2D);
    };
    const { parting } = await verifyDeterminism(
      (watch) => train(watch([seed({ value: 1 })]) as AnyPlugin[], { model: model as never }),
      { data: tinyData(), steps: 2 },
    );
    expect(parting).toMatchObject({ step: 0, hook: 'setup', plugin: undefined });
  });

  it('names the plugin whose setup or observer changes a weight', async () => {
    let calls = 0;
    const change = (run: { variables: Readonly<Record<string, tf.Variable>> }): void => {
      const [variable] = Object.values(run.variables);
      tf.tidy(() => variable!.assign(tf.mul(variable!, 1 + ++calls / 100)));
    };
    const setting: Plugin = { name: 'setting', setup: change };
    expect((await verify([plain, setting])).parting).toMatchObject({ plugin: 'setting', hook: 'setup' });
    const observing: Plugin = {
      name: 'observing',
      onStepEnd: ({ run, step }) => void (step === 2 && change(run)),
    };
    expect((await verify([observing, plain])).parting).toMatchObject({
      step: 1,
      plugin: 'observing',
      hook: 'onStepEnd',
      lastHook: 'observing.onStepEnd',
    });
  });
});

/** The tiny data with a pixel of each batch that is another one at each call. */
function changed(pixel: () => number): BatchSource {
  return {
    stepsPerEpoch: 3,
    *batches(request) {
      for (const batch of tinyData().batches(request) as Iterable<{ inputs: { values: Float32Array } }>) {
        batch.inputs.values[5] = pixel();
        yield batch as never;
      }
    },
  };
}

/** From a step on it gives another scalar in each run. */
function drifting({ name: _ }: Plugin, from: number): Plugin {
  let calls = 0;
  return {
    name: 'drifting',
    scheduleScalars: (scalars, { step }) => ({ ...scalars, drift: step < from ? 0 : ++calls }),
    transformLoss: (loss, { scalars }) => tf.mul(loss, tf.add(1, scalars['drift']!)),
  };
}

describe('verifyDeterminism', () => {
  const data = tinyData();

  it('says that runs without a seed have other seeds', async () => {
    const { deterministic, parting, message } = await verifyDeterminism(
      (watch) => tinyTrainer([], { plugins: watch([seed()]) }),
      { data, steps: 1 },
    );
    expect(deterministic).toBe(false);
    expect(parting!.tensor).toBe('seed');
    expect(message).toMatch(
      /^the runs have different seeds, \d+ and \d+\. Set one: plugins: \[seed\(\{ value: /,
    );
  });

  it('names a plugin that draws on the host without a seed where the step runs op by op', async () => {
    const careless: Plugin = {
      name: 'careless',
      transformBatch: ({ inputs, targets }) => ({
        inputs: tf.add(inputs as tf.Tensor, crypto.getRandomValues(new Uint8Array(1))[0]! + 1),
        targets,
      }),
    };
    const { parting, message } = await verifyDeterminism(
      (watch) => tinyTrainer(watch([seed({ value: 1 }), plain, careless]) as AnyPlugin[]),
      { data, steps: 2 },
    );
    expect(parting).toMatchObject({ tensor: 'batch inputs', plugin: 'careless', hook: 'transformBatch' });
    expect(message).toContain('in batch inputs after careless.transformBatch');
  });

  it('shows schedules the length of the run', async () => {
    const lengths: number[] = [];
    const plugin: Plugin = {
      name: 'length',
      onTrainBegin: ({ totalSteps }) => void lengths.push(totalSteps),
    };
    const make = (watch: (list: AnyPlugin[]) => unknown) =>
      tinyTrainer(watch([seed({ value: 1 }), plugin]) as AnyPlugin[]);
    await verifyDeterminism(make as never, { data, steps: 4, epochs: 10 });
    await verifyDeterminism(make as never, { data, steps: 4 });
    expect(lengths).toEqual([30, 30, 6, 6]);
  });

  it('refuses a trainer that it cannot look into, and the same one twice', async () => {
    await expect(verifyDeterminism(() => tinyTrainer(), { data, steps: 1 })).rejects.toThrow(
      '[verifyDeterminism] makeTrainer did not pass its plugins to watch. Write plugins: watch([…]). (OPTION_INVALID)',
    );
    let trainer: ReturnType<typeof tinyTrainer> | undefined;
    const same = verifyDeterminism((watch) => (trainer ??= tinyTrainer(watch([]) as AnyPlugin[])), {
      data,
      steps: 1,
    });
    await expect(same).rejects.toThrow('makeTrainer');
  });

  it.each([
    [{ data, steps: 0 }, 'steps'],
    [{ data, steps: 1.5 }, 'steps'],
    [{ data: [], steps: 1 }, 'data must be a dataset with batchesPerEpoch and batches()'],
    [{ data, steps: 1, epochs: 0 }, 'epochs'],
  ])('refuses %j', async (options, message) => {
    const verified = verifyDeterminism(() => tinyTrainer(), options as never);
    await expect(verified).rejects.toThrow(`[verifyDeterminism] ${message}`);
  });

  it('disposes of a trainer whose training fails, and passes its error on', async () => {
    const failing: Plugin = {
      name: 'failing',
      onStepEnd() {
        throw new Error('no');
      },
    };
    const verified = verifyDeterminism((watch) => tinyTrainer(watch([failing]) as AnyPlugin[]), {
      data,
      steps: 1,
    });
    await expect(verified).rejects.toThrow('[failing] onStepEnd threw: no');
  });
});
