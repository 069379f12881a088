import { presentDevices, testTrick, tinyData, tinyTrainer, TINY_SEED } from '@cantrip/testing';
import { seed } from '@cantrip/seed';
import type { Plugin } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it, vi } from 'vitest';

// TensorFlow loads once in a process: here as the plugin wants it.
process.env['TF_DETERMINISTIC_OPS'] = '1';
process.env['CANTRIP_DETERMINISTIC_OPS'] = 'warn';
const present = (await presentDevices(['tensorflow'])).length > 0;

testTrick(
  {
    name: 'seed',
    create: () => seed({ value: 3, deterministic: 'warn' }),
    identity: () => seed({ value: TINY_SEED, deterministic: 'warn' }),
    devices: ['tensorflow'],
  },
  { describe, it },
);

interface NativeOps {
  executeSingleOutput(name: string, attributes: readonly object[], inputs: readonly tf.Tensor[]): tf.Tensor;
  readonly binding: { readonly TF_ATTR_TYPE: number; readonly TF_FLOAT: number; readonly TF_INT32: number };
}

/** Draws in a way that TensorFlow cannot repeat. */
const dice: Plugin = {
  name: 'dice',
  onStepEnd() {
    const backend = tf.backend() as unknown as NativeOps;
    const { TF_ATTR_TYPE: type, TF_FLOAT, TF_INT32 } = backend.binding;
    const attributes = [
      { name: 'dtype', type, value: TF_FLOAT },
      { name: 'T', type, value: TF_INT32 },
    ];
    tf.tidy(() => void backend.executeSingleOutput('RandomUniform', attributes, [tf.tensor1d([2], 'int32')]));
  },
};

describe.skipIf(!present)("seed({ deterministic: 'warn' })", () => {
  it.each([true, false])(
    'names an op that TensorFlow cannot repeat once, and trains: capture %s',
    async (capture) => {
      const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
      const plugins = [seed({ value: 1, deterministic: 'warn' }), dice];
      const trainer = tinyTrainer(plugins, { device: 'tensorflow', capture });
      await trainer.fit(tinyData(), { epochs: 1 });
      trainer.dispose();
      const messages = warn.mock.calls.map(([message]) => message);
      warn.mockRestore();
      // Of the second training nothing is new.
      expect(messages).toEqual(
        capture ? ['[tensorflow] RandomUniform runs, but its results may differ between runs.'] : [],
      );
    },
  );
});
