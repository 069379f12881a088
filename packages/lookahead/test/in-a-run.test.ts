import { lookahead } from '@cantrip/lookahead';
import { accumulateGradients, sgd } from '@cantrip/optimizers';
import { plain, presentWays, tinyData, tinyModel, weightsOf } from '@cantrip/testing';
import type { AnyPlugin, HostContext, Snapshot } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

type Values = Readonly<Record<string, readonly number[]>>;

const slowIn = ({ plugins }: Snapshot): Values => plain(plugins['lookahead']!.variables);
const validation = tinyData({ examples: 9 });

// One epoch of the tiny data has 3 steps.
describe.each(await presentWays())('lookahead $name', ({ tinyTrainer, options, captured }) => {
  it('validates with the slow weights, and trains on from the others', async () => {
    const whole = tinyTrainer([lookahead({ interval: 2 })]);
    const { epochs } = await whole.fit(tinyData(), { epochs: 1, validation });
    const { variables, plugins } = await whole.save();
    const slow = plugins['lookahead']!.variables;
    expect(plain(slow)).not.toEqual(plain(variables));
    const other = tinyTrainer([]);
    await other.open();
    await other.restore({ ...(await other.save()), variables: slow }, { only: 'weights' });
    expect((await other.evaluate(validation))['loss']).toBe(epochs[0]!['validation_loss']);
    const unwatched = tinyTrainer([lookahead({ interval: 2 })]);
    await unwatched.fit(tinyData(), { epochs: 2 });
    await whole.fit(tinyData(), { epochs: 2 });
    expect(await weightsOf(whole)).toEqual(await weightsOf(unwatched));
    for (const one of [whole, other, unwatched]) one.dispose();
  });

  it('validates with the weights of the run where that is asked for', async () => {
    const trainer = tinyTrainer([lookahead({ interval: 2, evaluateWith: 'weights' })]);
    const { epochs } = await trainer.fit(tinyData(), { epochs: 1, validation });
    const other = tinyTrainer([]);
    await other.restore(await trainer.save(), { only: 'weights' });
    expect((await other.evaluate(validation))['loss']).toBe(epochs[0]!['validation_loss']);
    for (const one of [trainer, other]) one.dispose();
  });

  it('counts updates, not batches, where gradients accumulate', async () => {
    const backs: number[] = [];
    const watching: AnyPlugin = {
      name: 'watching',
      async onStepEnd({ step }: HostContext) {
        const saved = await trainer.save();
        const own = plain(saved.variables);
        if (Object.entries(slowIn(saved)).every(([name, one]) => String(one) === String(own[name])))
          backs.push(step);
      },
    };
    const trainer = tinyTrainer([lookahead({ interval: 3 }), watching], {
      optimizer: accumulateGradients(sgd({ learningRate: 0.05 }), { steps: 2 }),
    });
    // 3 batches an epoch make 2 steps of 2 and 1 batches.
    await trainer.fit(tinyData(), { epochs: 4 });
    expect(backs).toEqual([3, 6]);
    trainer.dispose();
  });

  it('begins from weights that are restored before the first step', async () => {
    const source = tinyTrainer([]);
    await source.fit(tinyData(), { epochs: 2 });
    const weights = await source.save();
    const trainer = tinyTrainer([lookahead({ interval: 4 })]);
    await trainer.restore(weights, { only: 'weights' });
    const before = await weightsOf(trainer);
    const loss = (await source.evaluate(validation))['loss'];
    expect((await trainer.evaluate(validation))['loss']).toBe(loss);
    const { epochs } = await trainer.fit(tinyData(), { epochs: 1, validation });
    expect(slowIn(await trainer.save())).toEqual(before);
    expect(epochs[0]!['validation_loss']).toBe(loss);
    for (const one of [source, trainer]) one.dispose();
  });

  it('goes on from the weights of the run, also where a later plugin lends the model others between two fits', async () => {
    const lending = (): AnyPlugin => {
      let own: readonly tf.Tensor[] = [];
      return {
        name: 'lending',
        onTrainBegin({ run }) {
          own.forEach((one, i) => Object.values(run.variables)[i]!.assign(one));
        },
        onTrainEnd({ run }) {
          own = Object.values(run.variables).map((one) => tf.keep(tf.clone(one)));
          for (const one of Object.values(run.variables)) one.assign(tf.tidy(() => tf.mul(one, 0.5)));
        },
      };
    };
    // The first fit ends at a step back, where the slow weights begin anew.
    const [lent, plainly] = [[lending()], []].map((others) =>
      tinyTrainer([lookahead({ interval: 3 }), ...others]),
    );
    for (const trainer of [lent!, plainly!]) {
      await trainer.fit(tinyData(), { epochs: 1 });
      await trainer.fit(tinyData(), { epochs: 3 });
    }
    expect(slowIn(await lent!.save())).toEqual(slowIn(await plainly!.save()));
    for (const one of [lent!, plainly!]) one.dispose();
  });

  it('moves no variable that is frozen when it steps back, and steps back from there later', async () => {
    const model = tinyModel();
    const last = model.layers.at(-1)!;
    const kept: Values[] = [];
    const watching: AnyPlugin = {
      name: 'watching',
      onStepBegin: ({ step }: HostContext) => void (last.trainable = step < 2 || step >= 4),
      onStepEnd: async () => void kept.push(await weightsOf(trainer)),
    };
    const trainer = tinyTrainer([lookahead({ interval: 4 }), watching], { ...options, model });
    await trainer.fit(tinyData(), { epochs: 2 });
    const bias = Object.keys(kept[0]!)
      .filter((name) => name.endsWith('/bias'))
      .at(-1)!;
    expect(kept[1]![bias]).not.toEqual(kept[0]![bias]);
    expect(kept.slice(2, 4).map((one) => one[bias])).toEqual([kept[1]![bias], kept[1]![bias]]);
    expect(slowIn(await trainer.save())[bias]).toEqual(kept[1]![bias]);
    trainer.dispose();
  });

  it('is recorded twice, once with the step back and once without', async () => {
    let recordings = 0;
    const plugin = lookahead({ interval: 2 });
    const watching: AnyPlugin = {
      name: 'watching',
      onStepEnd: ({ recording }: HostContext & { recording?: { count: number } }) =>
        void (recordings += recording?.count ?? 0),
    };
    const trainer = tinyTrainer([plugin, watching]);
    await trainer.fit(tinyData(), { epochs: 3 });
    expect(recordings).toBe(captured ? 2 : 0);
    const { run } = await trainer.open();
    expect(Object.keys(run.use(plugin).slowWeights())).toEqual(Object.keys(run.variables));
    trainer.dispose();
  });

  it('leaves integers as they are', async () => {
    const trainer = tinyTrainer([lookahead({ interval: 2 })], {
      model: () => {
        const w = tf.variable(tf.scalar(8));
        const calls = tf.variable(tf.scalar(0, 'int32'), false);
        return (_, { training }) => {
          if (training) calls.assign(tf.add(calls, tf.scalar(1, 'int32')));
          return tf.mul(w, w);
        };
      },
      loss: (_, outputs) => outputs as tf.Scalar,
      metrics: [],
      optimizer: sgd({ learningRate: 0.25 }),
    });
    // The gradient of w^2 at rate 0.25 halves w: 8, 4, 2; half of the way back: 5; then 2.5.
    await trainer.fit(tinyData(), { epochs: 1 });
    const saved = await trainer.save();
    expect(plain(saved.variables)).toEqual({ variable_1: [2.5], variable_2: [3] });
    expect(slowIn(saved)).toEqual({ variable_1: [5], variable_2: [2] });
    trainer.dispose();
  });
});
