import { setTimeout } from 'node:timers/promises';
import { presentWays, tinyData } from '@cantrip/testing';
import type { AnyPlugin, Plugin, Snapshot, Trainer } from '@cantrip/trainer';
import { describe, expect, it, vi } from 'vitest';

type Told = 'onStepEnd' | 'onEpochEnd';

/** Counts what it is told, after a while. */
const counting = (hook: Told): AnyPlugin => {
  const plugin: Plugin<{ told: number }> = {
    name: 'counting',
    state: () => ({ told: 0 }),
    [hook]: async ({ state }: { state: { told: number } }) => {
      await setTimeout(1);
      state.told += 1;
    },
  };
  return plugin;
};

/** What the trainer has done, and how much of it the plugin has seen. */
const seen = ({ position, plugins }: Snapshot, hook: Told): number[] => [
  hook === 'onStepEnd' ? position.step : position.epoch,
  plugins['counting']!.state['told'] as number,
];

describe.each(await presentWays())('a snapshot, $name,', ({ tinyTrainer }) => {
  describe.each(['onStepEnd', 'onEpochEnd'] as const)('saved in %s', (hook) => {
    const saving = (found: number[][]): AnyPlugin => ({
      name: 'saving',
      [hook]: async () => void found.push(seen(await trainer.save(), hook)),
    });
    let trainer: Trainer;

    it('holds what plugins earlier in the list have seen', async () => {
      const found: number[][] = [];
      trainer = tinyTrainer([counting(hook), saving(found)]);
      await trainer.fit(tinyData(), { epochs: 2 });
      expect(found.length).toBeGreaterThan(1);
      for (const [done, told] of found) expect(told).toBe(done);
    });

    it('is refused while a later plugin with state has not seen it, by both names', async () => {
      trainer = tinyTrainer([saving([]), counting(hook)]);
      await expect(trainer.fit(tinyData(), { epochs: 2 })).rejects.toThrow(
        new RegExp(
          `\\[saving\\] save was called in ${hook} before the hook of counting, so the snapshot would mix the states before and after this (step|epoch)\\. Move saving to the end of the plugin list\\. \\(PLUGIN_ORDER\\)`,
        ),
      );
    });

    it('stands before a plugin whose state another hook changes', async () => {
      const found: number[][] = [];
      const other = hook === 'onStepEnd' ? 'onEpochEnd' : 'onStepEnd';
      trainer = tinyTrainer([saving(found), counting(other)]);
      await trainer.fit(tinyData(), { epochs: 1 });
      expect(found.length).toBeGreaterThan(0);
    });

    it('from outside waits until all have seen it', async () => {
      const found: Promise<Snapshot>[] = [];
      const telling: AnyPlugin = {
        name: 'telling',
        [hook]: () => void setImmediate(() => found.push(trainer.save())),
      };
      trainer = tinyTrainer([telling, counting(hook)]);
      await trainer.fit(tinyData(), { epochs: 2 });
      // The save that the last hook asks for may come after fit has ended.
      await setTimeout(10);
      const snapshots = await Promise.all(found);
      expect(snapshots.length).toBeGreaterThan(1);
      for (const snapshot of snapshots) {
        const [done, told] = seen(snapshot, hook);
        expect(told).toBe(done);
      }
    });

    it('is whole also after the hook of another plugin failed, and the run goes on', async () => {
      const failing = (name: string): AnyPlugin => ({
        name,
        [hook]: ({ step }: { readonly step: number }) => {
          if (step === 3) throw new Error(`${name} is full`);
        },
      });
      const later: Plugin = { ...failing('later'), state: () => ({}) };
      const log: string[] = [];
      trainer = tinyTrainer([failing('first'), counting(hook), later], {
        log: (line) => void log.push(line),
      });
      await expect(trainer.fit(tinyData(), { epochs: 2 })).rejects.toThrow(/^\[first\].*first is full/);
      expect(log.filter((line) => line.includes('full'))).toEqual([
        expect.stringMatching(/^\[later\].*later is full.*Another hook failed before it\.$/),
      ]);
      const [done, told] = seen(await trainer.save(), hook);
      expect(told).toBe(done);
      await trainer.fit(tinyData(), { epochs: 2 });
      expect(seen(await trainer.save(), hook)).toEqual(hook === 'onStepEnd' ? [6, 6] : [2, 2]);
    });

    it('from outside says why it waits, where a hook may wait for it', async () => {
      const log: string[] = [];
      let inHook = false;
      let saved: Promise<Snapshot> | undefined;
      const waiting: AnyPlugin = {
        name: 'waiting',
        [hook]: async () => {
          inHook = true;
          // It would wait for `saved`, and for ever.
          while (log.length === 0) await setTimeout(1);
        },
      };
      const real = globalThis.setTimeout;
      const spy = vi.spyOn(globalThis, 'setTimeout');
      spy.mockImplementation(((run: () => void, ms: number) => real(run, ms === 10_000 ? 5 : ms)) as never);
      trainer = tinyTrainer([waiting, counting(hook)], { log: (line) => void log.push(line) });
      const poll = setInterval(() => void (saved ??= inHook ? trainer.save() : undefined), 1);
      await trainer.fit(tinyData(), { epochs: 1 });
      clearInterval(poll);
      spy.mockRestore();
      expect(log).toEqual([
        '[trainer] save has waited 10 s for the hooks of the last step. If one of these hooks waits for this save, both wait forever. Call save in that hook instead.',
      ]);
      const [done, told] = seen(await saved!, hook);
      expect(told).toBe(done);
    });
  });
});
