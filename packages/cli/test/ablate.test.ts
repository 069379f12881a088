import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { data, project } from './project.ts';

const experiment = `
import { defineAblation } from '@cantrip/ablation';
import { sgd } from '@cantrip/optimizers';
import { createTrainer, meanSquaredError } from '@cantrip/trainer';
import { mul } from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';

export const experiment = defineAblation({
  name: 'small',
  parameters: { epochs: 1 },
  plugins: [{ name: 'doubled', transformLoss: (loss) => mul(loss, 2) }],
  trainer: ({ plugins }) => createTrainer({
    device: 'cpu',
    model: () => sequential({ layers: [layers.dense({ units: 1, inputShape: [1] })] }),
    optimizer: sgd({ learningRate: 0.1 }),
    loss: meanSquaredError(),
    plugins,
  }),
  fit: async (trainer, { parameters }) => {
    const { epochs } = await trainer.fit(${data}, { epochs: parameters.epochs });
    return { loss: epochs.at(-1)!.loss!, epochs: epochs.length };
  },
  figures: [{ name: 'loss', better: 'lower' }],
});
`;

describe('cantrip ablate', () => {
  it('trains the variants, prints the table and writes the reports', async () => {
    const { folder, cantrip } = project({
      'package.json': '{ "type": "module" }',
      'experiment.ts': experiment,
    });
    const args = ['ablate', 'experiment.ts', '--seeds', '1', '--processes', '1', '--set', 'epochs=2'];
    const text = await cantrip(...args);
    expect(text.code, text.err).toBe(0);
    expect(text.out).toMatch(/\| doubled +\|/);
    expect(readdirSync(join(folder, 'ablation-results')).sort()).toEqual([
      'small.json',
      'small.jsonl',
      'small.loss.svg',
      'small.md',
    ]);
    const json = await cantrip(...args, '--json');
    expect(JSON.parse(json.out)).toMatchObject({ experiment: 'small', design: 'leave-one-out' });
  });

  it.each([
    [['experiment.ts', '--set', 'epoch=2'], 'the config has no parameter epoch. Perhaps you mean epochs.'],
    [['experiment.ts', '--design', 'all'], 'Allowed choices are leave-one-out, add-one, factorial.'],
    [['empty.ts'], '[cantrip ablate] empty.ts does not export an experiment.'],
  ])('%j is refused in one sentence', async (args, sentence) => {
    const { code, out, err } = await project({ 'experiment.ts': experiment, 'empty.ts': '' }).cantrip(
      'ablate',
      ...args,
    );
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(sentence);
    expect(err).not.toMatch(/^\s+at /m);
  });
});
