import '../../../packages/core-tensor-gpu/test/webgpu/software-adapter.ts';
import { presentDevices, tinyData, tinyTrainer, type TrickTogether } from '@cantrip/testing';
import { describe, expect, it } from 'vitest';
import { allTricks } from '../../combinations/all-tricks.ts';
import { residualModel } from '../../combinations/residual-model.ts';

/** The losses of two epochs and of their validations. */
async function losses(trick: TrickTogether, device: 'wasm' | 'webgpu'): Promise<number[]> {
  const optimizer = trick.optimizer?.();
  const trainer = tinyTrainer([trick.create()], {
    device,
    model: residualModel,
    ...(optimizer && { optimizer }),
  });
  try {
    const data = tinyData({ examples: 12, batch: 6 });
    const { epochs } = await trainer.fit(data, { epochs: 2, validation: data });
    return epochs.flatMap(({ loss, validation_loss }) => [loss!, validation_loss!]);
  } finally {
    trainer.dispose();
  }
}

describe.each(await presentDevices(['webgpu']))('on %s', async () => {
  it.each(await allTricks())('$name trains to the losses of wasm', { timeout: 60_000 }, async (trick) => {
    const [wanted, got] = [await losses(trick, 'wasm'), await losses(trick, 'webgpu')];
    expect(got).toHaveLength(4);
    for (const [i, loss] of got.entries()) expect(loss).toBeCloseTo(wanted[i]!, 4);
  });

  it('capture is refused in a sentence', async () => {
    const trainer = tinyTrainer([], { device: 'webgpu', capture: true });
    await expect(trainer.fit(tinyData(), { epochs: 1 })).rejects.toThrow('(CAPTURE_UNSUPPORTED)');
    trainer.dispose();
  });
});
