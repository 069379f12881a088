import { presentWays, tinyData } from '@cantrip/testing';
import type { AnyPlugin, RunDescription, Snapshot } from '@cantrip/trainer';
import { describe, expect, it } from 'vitest';

describe.each(await presentWays())('around a save $name', ({ tinyTrainer }) => {
  it('onSave is called before each snapshot, wherever the plugin is in the list, and is waited for', async () => {
    const seen: string[] = [];
    const saving: AnyPlugin = {
      name: 'saving',
      async onSettled({ after, step, save }) {
        if (after !== 'step' || step !== 2) return;
        const { snapshot } = await save();
        seen.push(`saved ${snapshot.position.step}`);
      },
    };
    const log: AnyPlugin = {
      name: 'log',
      async onSave({ step, epoch, run, locals }) {
        seen.push(`begins ${step} ${epoch}`);
        expect([run.seed, locals]).toEqual([expect.any(Number), undefined]);
        await new Promise((resolve) => setTimeout(resolve, 5));
        seen.push('ends');
      },
    };
    const trainer = tinyTrainer([saving, log]);
    await trainer.fit(tinyData(), { epochs: 1 });
    expect(seen).toEqual(['begins 2 0', 'ends', 'saved 2']);
    await trainer.save();
    expect(seen.slice(3)).toEqual(['begins 3 1', 'ends']);
    trainer.dispose();
  });

  it('a save in a hook calls it too, and a hook that fails is named', async () => {
    const snapshots: Snapshot[] = [];
    let fails = false;
    const log: AnyPlugin = {
      name: 'log',
      onSave() {
        if (fails) throw new Error('no room');
      },
    };
    const saving: AnyPlugin = {
      name: 'saving',
      async onStepEnd() {
        snapshots.push(await trainer.save());
      },
    };
    const trainer = tinyTrainer([log, saving]);
    await trainer.fit(tinyData(), { epochs: 1 });
    expect(snapshots).toHaveLength(3);
    fails = true;
    await expect(trainer.save()).rejects.toMatchObject({ code: 'HOOK_FAILED', who: 'log' });
    fails = false;
    expect(await trainer.save()).toEqual(snapshots.at(-1) && expect.objectContaining({ version: 1 }));
    trainer.dispose();
  });

  it('onTrainBegin is told the device and what the run consists of', async () => {
    const told: { device: string; description: RunDescription }[] = [];
    const log: AnyPlugin = {
      name: 'log',
      settings: { every: 2 },
      onTrainBegin: ({ device, describe: described }) =>
        void told.push({ device: device.name, description: described() }),
    };
    const trainer = tinyTrainer([log]);
    await trainer.fit(tinyData(), { epochs: 1 });
    expect(told).toHaveLength(1);
    expect(told[0]!.description).toMatchObject({
      plugins: expect.arrayContaining(['log']) as string[],
      library: { device: told[0]!.device },
      length: { epochs: 1, totalSteps: 3 },
    });
    trainer.dispose();
  });

  it('onStepEnd has the scalars after the last plugin', async () => {
    const seen: unknown[] = [];
    const first: AnyPlugin = { name: 'first', onStepEnd: ({ scalars }) => void seen.push(scalars) };
    const giver: AnyPlugin = {
      name: 'giver',
      scheduleScalars: (scalars, { step }) => ({ ...scalars, growth: step }),
      scheduleBatchScalars: (scalars) => ({ ...scalars, share: 0.5 }),
    };
    const trainer = tinyTrainer([first, giver]);
    await trainer.fit(tinyData(), { epochs: 1 });
    expect(seen).toEqual([0, 1, 2].map((growth) => ({ growth, share: 0.5 })));
    trainer.dispose();
  });

  it('settings that are no options are refused', () => {
    const plugin = { name: 'log', settings: 3 } as unknown as AnyPlugin;
    expect(() => tinyTrainer([plugin])).toThrow('settings');
  });
});
