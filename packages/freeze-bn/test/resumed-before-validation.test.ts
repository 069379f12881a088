import { batchNormFreezing, batchNormReestimation, gradualUnfreezing } from '@cantrip/freeze-bn';
import { presentWays, tinyData } from '@cantrip/testing';
import type { AnyPlugin, Snapshot } from '@cantrip/trainer';
import { describe, expect, it } from 'vitest';

const data = tinyData({ examples: 24, batch: 6 });
const validation = tinyData({ examples: 9 });

// A run may be saved after the last step of an epoch, before its validation. Re-estimation leaves frozen layers alone, so
// the figures show whether they are frozen.
describe.each(await presentWays())('saved before the validation of an epoch, $name', ({ tinyTrainer }) => {
  it.each<[string, () => AnyPlugin]>([
    ['batchNormFreezing', () => batchNormFreezing({ at: 2, affine: 'train' })],
    ['gradualUnfreezing', () => gradualUnfreezing({ groups: [/^(conv|batch)/, 'dense*/**'], every: 7 })],
  ])('%s freezes for that validation what the last step had frozen', async (_, freezing) => {
    let saved: Snapshot | undefined;
    const saving: AnyPlugin = {
      name: 'saving',
      async onSettled({ after, step, save }) {
        if (after === 'step' && step === 4) saved = structuredClone((await save()).snapshot);
      },
    };
    const plugins = (): AnyPlugin[] => [freezing(), batchNormReestimation({ data, every: 2 }), saving];
    const whole = tinyTrainer(plugins());
    const { epochs } = await whole.fit(data, { epochs: 2, validation });
    const resumed = tinyTrainer(plugins());
    await resumed.restore(saved!);
    const again = await resumed.fit(data, { epochs: 2, validation });
    expect(again.epochs).toEqual(epochs);
    for (const trainer of [whole, resumed]) trainer.dispose();
  });
});
