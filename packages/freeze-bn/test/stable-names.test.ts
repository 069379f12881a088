import { batchNormFreezing } from '@cantrip/freeze-bn';
import { tinyData, tinyTrainer, weightsOf } from '@cantrip/testing';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { expect, it } from 'vitest';

it('names layers as the trainer names their parameters, in a nested model too', async () => {
  const model = () =>
    sequential({
      layers: [
        sequential({
          name: 'features',
          layers: [
            layers.flatten({ inputShape: [6, 6, 1] }),
            layers.batchNormalization(),
            layers.dense({ units: 4 }),
            layers.batchNormalization(),
          ],
        }),
        layers.batchNormalization(),
        layers.dense({ units: 3 }),
      ],
    });
  const { run } = await tinyTrainer([], { model }).open();
  const names = Object.keys(run.variables)
    .filter((name) => name.endsWith('/gamma'))
    .map((name) => name.replace(/\/gamma$/, ''));
  expect(names).toHaveLength(3);
  for (const name of names) {
    const trainer = tinyTrainer([batchNormFreezing({ layers: name })], { model });
    const before = await weightsOf(trainer);
    await trainer.fit(tinyData(), { epochs: 1 });
    const after = await weightsOf(trainer);
    const unchanged = names.filter(
      (other) => String(after[`${other}/gamma`]) === String(before[`${other}/gamma`]),
    );
    expect(unchanged).toEqual([name]);
  }
});
