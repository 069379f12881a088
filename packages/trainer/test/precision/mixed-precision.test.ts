import { openDevice, whyNoBfloat16 } from '@cantrip/core-tensor-gpu';
import { sgd } from '@cantrip/optimizers';
import { presentDevices } from '@cantrip/testing';
import {
  type BatchSource,
  createTrainer,
  softmaxCrossEntropy,
  type Trainer,
  type TrainerOptions,
} from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { afterEach, describe, expect, it } from 'vitest';
import golden from '../golden/mixed-precision.json' with { type: 'json' };
import { mixedNetworks, type MixedNetwork } from './mixed-networks.ts';
import { memoryStore } from '../store/memory-store.ts';
import { watchedLosses } from '../capture/state-trainer.ts';

const [native] = await presentDevices(['tensorflow']);
if (native) await openDevice('tensorflow');
const gains = native !== undefined && whyNoBfloat16() === undefined;
const steps = golden.cases.mlp.bfloat16.length;

async function train(
  { model, inputs, classes }: MixedNetwork,
  options: Partial<TrainerOptions> = {},
): Promise<{ losses: number[]; log: string[]; dtypes: Set<string> }> {
  const { trainer, losses, log } = watchedLosses({
    model,
    loss: softmaxCrossEntropy(),
    optimizer: sgd({ learningRate: 0.05, momentum: 0.9 }),
    ...options,
  });
  const source: BatchSource = {
    stepsPerEpoch: steps,
    batches: ({ start }) =>
      Array.from({ length: steps - start }, () => ({ inputs, targets: classes, size: classes.shape[0]! })),
  };
  const { run } = await trainer.open();
  await trainer.fit(source, { epochs: 1 });
  const dtypes = new Set(Object.values(run.variables).map(({ dtype }) => dtype as string));
  trainer.dispose();
  tf.disposeVariables();
  return { losses, log, dtypes };
}

const furthest = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...a.map((value, index) => Math.abs(value / b[index]! - 1)));

describe.skipIf(!gains)('precision: bfloat16', () => {
  afterEach(() => tf.disposeVariables());

  it.each(Object.keys(golden.cases) as (keyof typeof golden.cases)[])(
    'trains %s to the losses of torch.autocast, and not to those of float32',
    async (name) => {
      const network = mixedNetworks[name]();
      const { losses, dtypes, log } = await train(network, { precision: 'bfloat16' });
      const precise = await train(mixedNetworks[name]());
      expect(losses).toHaveLength(steps);
      expect(furthest(losses, golden.cases[name].bfloat16)).toBeLessThan(golden.tolerance.relative);
      expect(furthest(precise.losses, golden.cases[name].float32)).toBeLessThan(1e-5);
      // Rounding to bfloat16 leaves its mark.
      expect(furthest(losses, precise.losses)).toBeGreaterThan(1e-6);
      expect([...dtypes]).toEqual(['float32']);
      expect(log).toEqual([]);
    },
  );

  it('gives float32 tensors in predictions, which are rounded too, and says what it is', async () => {
    const log: string[] = [];
    const { model, inputs } = mixedNetworks.mlp();
    const trainer = createTrainer({
      device: 'tensorflow',
      model,
      optimizer: sgd({ learningRate: 0.05 }),
      loss: softmaxCrossEntropy(),
      precision: 'bfloat16',
      log: (line) => log.push(line),
    });
    const outputs = (await trainer.predict(inputs)) as tf.Tensor;
    const { run } = await trainer.open();
    const precise = (run.model as tfl.LayersModel).predict(inputs) as tf.Tensor;
    expect(outputs.dtype).toBe('float32');
    const apart = tf.max(tf.abs(tf.sub(outputs, precise))).dataSync()[0]!;
    expect(apart).toBeGreaterThan(0);
    expect(apart).toBeLessThan(0.02);
    expect(log[0]).toMatch(/trains on tensorflow .* in bfloat16/);
    expect(trainer.explain()).toContain('precision  bfloat16 in products and convolutions');
    trainer.dispose();
  });

  it('says how many products are in bfloat16, and that a step of small products is all in float32', async () => {
    const told = async (units: number): Promise<{ explained: string; log: string }> => {
      const log: string[] = [];
      const trainer = createTrainer({
        device: 'tensorflow',
        model: () => tfl.sequential({ layers: [tfl.layers.dense({ units, inputShape: [256] })] }),
        optimizer: sgd({ learningRate: 0.05 }),
        loss: softmaxCrossEntropy(),
        precision: 'bfloat16',
        log: (line) => log.push(line),
      });
      const { inputs, classes } = mixedNetworks.mlp();
      const batches: BatchSource = {
        stepsPerEpoch: 1,
        batches: () => [{ inputs, targets: classes, size: 128 }],
      };
      await trainer.fit(batches, { epochs: 1 });
      const explained = trainer.explain();
      trainer.dispose();
      return { explained, log: log.join('\n') };
    };
    const large = await told(512);
    expect(large.explained).toContain('precision  bfloat16 in 2 of 2 products and convolutions');
    expect(large.log).not.toContain('float32');
    const small = await told(10);
    expect(small.explained).toContain(
      'precision  float32 in the training step: each of its products is too small',
    );
    expect(small.log).toMatch(/the training step is all in float32: each of its products is too small/);
  });

  it('totals the losses of an epoch in float32', async () => {
    const { model, inputs, classes } = mixedNetworks.mlp();
    // 300 losses of 2.33: in bfloat16 their sum would stop growing at 512.
    const source: BatchSource = {
      stepsPerEpoch: 300,
      batches: ({ start }) =>
        Array.from({ length: 300 - start }, () => ({ inputs, targets: classes, size: 128 })),
    };
    const { trainer, losses } = watchedLosses({
      model,
      loss: softmaxCrossEntropy(),
      optimizer: sgd({ learningRate: 0 }),
      precision: 'bfloat16',
    });
    const { epochs } = await trainer.fit(source, { epochs: 1 });
    expect(epochs[0]!['loss']! / losses[0]!).toBeCloseTo(1, 5);
    trainer.dispose();
  });

  it('is named in what a run is saved with, and another precision is told when it goes on', async () => {
    const { inputs, classes } = mixedNetworks.mlp();
    const store = memoryStore();
    const trainerIn = (precision: 'float32' | 'bfloat16', kept = store.kept): Trainer =>
      createTrainer({
        device: 'tensorflow',
        model: () => tfl.sequential({ layers: [tfl.layers.dense({ units: 10, inputShape: [256] })] }),
        optimizer: sgd({ learningRate: 0.05 }),
        loss: softmaxCrossEntropy(),
        plugins: [memoryStore(kept)],
        precision,
        log: () => undefined,
      });
    const source: BatchSource = {
      stepsPerEpoch: 1,
      batches: () => [{ inputs, targets: classes, size: 128 }],
    };
    const before = trainerIn('bfloat16');
    await before.fit(source, { epochs: 1 });
    await before.saveTo('here');
    expect(store.kept.get('here')!.description.library!['precision']).toBe('bfloat16');
    const other = trainerIn('float32');
    await expect(other.fit(source, { epochs: 2, resume: 'here' })).rejects.toThrow(
      /library\.precision was "bfloat16" and is absent/,
    );
    const accepting = trainerIn('float32');
    const { earlier } = await accepting.fit(source, {
      epochs: 2,
      resume: { from: 'here', library: 'continue' },
    });
    expect(earlier).toHaveLength(1);
    for (const trainer of [before, other, accepting]) trainer.dispose();
  });
});

describe('precision: bfloat16 is refused', () => {
  const network = (): tfl.LayersModel =>
    tfl.sequential({ layers: [tfl.layers.dense({ units: 1, inputShape: [2] })] });
  const trainer = (options: object): ReturnType<typeof createTrainer> =>
    createTrainer({
      model: network,
      optimizer: sgd({ learningRate: 0.1 }),
      loss: softmaxCrossEntropy(),
      precision: 'bfloat16',
      log: () => undefined,
      ...options,
    });

  it('without capture, and with a compiler', () => {
    expect(() => trainer({ capture: false })).toThrow(
      "[createTrainer] precision: 'bfloat16' needs a captured step, but capture is false. Remove capture, or remove precision. (OPTION_INVALID)",
    );
    expect(() => trainer({ compile: 'xla' })).toThrow(
      "precision: 'bfloat16' cannot be combined with compile: 'xla'",
    );
    expect(() => trainer({ precision: 'float16' })).toThrow('precision');
  });

  it('on a device that runs op by op, before the model is built', async () => {
    let built = 0;
    const model = (): tfl.LayersModel => (built++, network());
    await expect(trainer({ device: 'cpu', model }).open()).rejects.toThrow(
      /precision: 'bfloat16' is refused: it needs a captured step, but cpu runs op by op.*\(PRECISION_UNSUPPORTED\)/,
    );
    expect(built).toBe(0);
  });
});
