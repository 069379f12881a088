import { batchNormFreezing } from '@cantrip/freeze-bn';
import { sgd } from '@cantrip/optimizers';
import { tinyData, tinyTrainer, weightsOf } from '@cantrip/testing';
import { describe, expect, it } from 'vitest';

type Weights = Readonly<Record<string, readonly number[]>>;

const norm = 'batch_normalization_1';
const optimizer = sgd({ learningRate: 0.05, momentum: 0.9, weightDecay: 0.1 });

async function trained(
  plugins: Parameters<typeof tinyTrainer>[0],
): Promise<{ before: Weights; after: Weights }> {
  const trainer = tinyTrainer(plugins, { optimizer });
  const before = await weightsOf(trainer);
  await trainer.fit(tinyData(), { epochs: 2 });
  const after = await weightsOf(trainer);
  trainer.dispose();
  return { before, after };
}

const changed = ({ before, after }: { before: Weights; after: Weights }): string[] =>
  Object.keys(before).filter((name) => String(before[name]) !== String(after[name]));

describe('in a trainer with weight decay', () => {
  it('a frozen batch normalisation keeps all that it has, and the rest trains', async () => {
    const names = changed(await trained([batchNormFreezing()]));
    expect(names.filter((name) => name.startsWith(norm))).toEqual([]);
    expect(names).toEqual(expect.arrayContaining(['conv2d_1/kernel', 'dense_1/kernel', 'dense_1/bias']));
  });

  it("with affine: 'train' only its moving statistics stay", async () => {
    const names = changed(await trained([batchNormFreezing({ layers: norm, affine: 'train' })]));
    expect(names.filter((name) => name.startsWith(norm))).toEqual([`${norm}/gamma`, `${norm}/beta`]);
  });

  it('without the plugin everything of it changes', async () => {
    const names = changed(await trained([]));
    expect(names.filter((name) => name.startsWith(norm))).toHaveLength(4);
  });

  it('layers that the model has not stop the run before it begins, and undo what was done', async () => {
    const trainer = tinyTrainer([batchNormFreezing({ layers: 'bn7' })]);
    await expect(trainer.fit(tinyData(), { epochs: 1 })).rejects.toThrow(
      `[batchNormFreezing] layers: no batch normalisation matches "bn7". Choose from the batch normalisations of the model: ${norm}. (OPTION_INVALID)`,
    );
    trainer.dispose();
  });
});
