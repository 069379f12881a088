import { presentDevices, tinyData, tinyTrainer } from '@cantrip/testing';
import type { AnyPlugin, TuneContext } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';

describe('tune', () => {
  it('is waited for, and what it chooses is what TensorFlow reads when it loads', async (context) => {
    const later = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
    const environment = { TF_DETERMINISTIC_OPS: '1' };
    const tuning: AnyPlugin = { name: 'a', tune: async () => (await later(), { environment }) };
    const trainer = tinyTrainer([tuning], { device: 'tensorflow' });
    const opened = await trainer.open().catch(() => undefined);
    if (opened === undefined) return context.skip('tensorflow is absent');
    trainer.dispose();
    expect(opened.device.settings).toMatchObject({ deterministicOps: true });
  });

  it('knows the options of the trainer, and what plugins want already', async () => {
    let seen: TuneContext | undefined;
    const plugins: AnyPlugin[] = [
      { name: 'a', tune: () => ({ environment: { TF_A: '1' }, compile: 'xla' }) },
      { name: 'b', tune: (context: TuneContext) => ((seen = context), {}) },
      { name: 'c', environment: { TF_C: '3' } },
    ];
    const trainer = tinyTrainer(plugins, { capture: false });
    await trainer.open();
    trainer.dispose();
    const environment = { TF_A: '1', TF_C: '3' };
    expect(seen).toMatchObject({ device: 'cpu', capture: false, compile: 'xla', environment });
  });

  it('can not go against another plugin', async () => {
    const trainer = tinyTrainer([
      { name: 'a', environment: { TF_A: '1' } },
      { name: 'b', tune: () => ({ environment: { TF_A: '2' } }) },
    ]);
    await expect(trainer.open()).rejects.toThrow('[b] wants TF_A=2, but a wants TF_A=1');
    trainer.dispose();
  });

  it('that throws is named, and can be tried again', async () => {
    let fails = true;
    const failing = { name: 'a', tune: () => (fails ? Promise.reject(new Error('no disk')) : {}) };
    const trainer = tinyTrainer([failing]);
    await expect(trainer.open()).rejects.toThrow('[a] tune threw: no disk.');
    fails = false;
    await trainer.open();
    trainer.dispose();
  });

  it('stands in what explain() prints', () => {
    const trainer = tinyTrainer([{ name: 'a', compile: 'xla', tune: () => ({}) }]);
    expect(trainer.explain()).toMatch(/^tune +host {2}a$/m);
    expect(trainer.explain()).toMatch(/^compile +host {2}a$/m);
    trainer.dispose();
  });
});

describe('compile: xla', () => {
  beforeEach(async (context) => {
    if ((await presentDevices(['tensorflow'])).length === 0) context.skip('tensorflow is absent');
  });

  // XLA has no dilation, which every other way to run a step has.
  const dilating: AnyPlugin = {
    name: 'dilating',
    transformBatch: (batch) => {
      const inputs = batch.inputs as tf.Tensor4D;
      const filter = tf.zeros([1, 1, inputs.shape[3]]) as tf.Tensor3D;
      return { ...batch, inputs: tf.dilation2d(inputs, filter, 1, 'same') };
    },
  };
  const fitWith = async (...plugins: AnyPlugin[]): Promise<void> => {
    const trainer = tinyTrainer(plugins, { device: 'tensorflow', capture: true });
    await trainer.fit(tinyData(), { epochs: 1 }).finally(() => trainer.dispose());
  };

  it('of a plugin compiles the captured step', async () => {
    await fitWith(dilating);
    await fitWith({ name: 'compiler', compile: 'xla' });
    await expect(fitWith(dilating, { name: 'compiler', compile: 'xla' })).rejects.toThrow(/Dilation2D/);
  });

  it('may be what tune chooses', async () => {
    await expect(fitWith(dilating, { name: 'compiler', tune: () => ({ compile: 'xla' }) })).rejects.toThrow(
      /Dilation2D/,
    );
  });
});
