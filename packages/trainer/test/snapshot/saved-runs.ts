import { tinyData, tinyTrainer } from '@cantrip/testing';
import type { AnyPlugin, Snapshot, Trainer } from '@cantrip/trainer';

/** A snapshot after four batches, the last of them the first of the second epoch. */
export async function midEpoch(plugins: readonly AnyPlugin[] = []): Promise<Snapshot> {
  let snapshot: Snapshot | undefined;
  const saving: AnyPlugin = {
    name: 'tiny-seed',
    seed: 7,
    onStepEnd: async ({ step }) => void (step === 4 && (snapshot = await trainer.save())),
  };
  const trainer = tinyTrainer([...plugins, saving]);
  await trainer.fit(tinyData(), { epochs: 2 });
  trainer.dispose();
  return snapshot!;
}

/** All that a run would go on from, and its seed. */
export async function everything(trainer: Trainer): Promise<Snapshot & { at: unknown }> {
  return { ...structuredClone(await trainer.save()), at: trainer.position() };
}
