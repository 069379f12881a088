import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import fs from 'node:fs/promises';
import { join } from 'node:path';
import { readRunLog, runLog } from '@cantrip/run-log';
import { tinyData, tinyTrainer } from '@cantrip/testing';
import type { AnyPlugin } from '@cantrip/trainer';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { inFolder, sameFiles } from './in-folder.ts';

afterEach(() => void vi.restoreAllMocks());

const data = tinyData(); // 3 steps an epoch
const scalarGiver: AnyPlugin = {
  name: 'giver',
  settings: { from: 2 },
  scheduleScalars: (scalars, { step }) => ({
    ...scalars,
    'a,b\n"c"': step,
    ...(step >= 2 && { late: step / 2 }),
  }),
};

async function train(
  folder: string,
  epochs: number,
  others: readonly AnyPlugin[] = [],
  messages: string[] = [],
): Promise<readonly string[]> {
  const trainer = tinyTrainer(
    [runLog({ folder, every: 1, hyperparameters: { width: 8, limit: Infinity } }), ...others],
    {
      log: (text) => void messages.push(text),
    },
  );
  await trainer.fit(data, { epochs, validation: data });
  trainer.dispose();
  return messages;
}

describe('runLog', () => {
  it('writes steps, epochs, options and environment, wherever it is in the list', () =>
    inFolder(async (folder) => {
      expect(await train(folder, 2, [scalarGiver])).toEqual([]);
      const { info, steps, epochs, times } = await readRunLog(folder);
      expect(steps.map(({ step, epoch }) => [step, epoch])).toEqual([
        [1, 0],
        [2, 0],
        [3, 0],
        [4, 1],
        [5, 1],
        [6, 1],
      ]);
      expect(steps[2]!.scalars).toEqual({ 'a,b\n"c"': 2, late: 1 });
      expect(epochs.map((one) => one.epoch)).toEqual([1, 2]);
      expect(Object.keys(epochs[0]!.figures)).toEqual([
        'loss',
        'accuracy',
        'validation_loss',
        'validation_accuracy',
      ]);
      expect(times).toHaveLength(8);
      expect(info.hyperparameters).toEqual({ width: 8, limit: 'Infinity' });
      expect(info.plugins).toContainEqual({ name: 'giver', settings: { from: 2 } });
      expect(info.starts[0]!.environment).toMatchObject({
        node: process.version,
        packages: { '@cantrip/trainer': '0.0.0' },
      });
      const [, stepCsv] = sameFiles(folder);
      expect(stepCsv!.split('\n').slice(0, 2).join('\n')).toBe(
        'step,epoch,loss,learningRate,"a,b\n""c""",late',
      );
      expect(stepCsv).toMatch(/\n1,0,[\d.e-]+,[\d.]+,0,\n2,0,/);
      expect(existsSync(join(folder, 'log.lock'))).toBe(false);
    }));

  it('goes on after another fit, and a new run moves the old log aside', () =>
    inFolder(async (folder) => {
      const trainer = tinyTrainer([runLog({ folder, every: 1 })]);
      await trainer.fit(data, { epochs: 1 });
      await trainer.fit(data, { epochs: 2 });
      trainer.dispose();
      const once = sameFiles(folder);
      expect((await readRunLog(folder)).steps.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6]);
      expect((await readRunLog(folder)).info.starts.map(({ step }) => step)).toEqual([0, 3]);
      await train(folder, 1);
      expect((await readRunLog(folder)).steps).toHaveLength(3);
      expect(sameFiles(join(folder, 'earlier', '1'))).toEqual(once);
    }));

  it('is cut back to a restored step', () =>
    inFolder(async (folder) => {
      const trainer = tinyTrainer([runLog({ folder, every: 1 })]);
      await trainer.fit(data, { epochs: 1 });
      const snapshot = await trainer.save();
      await trainer.fit(data, { epochs: 3 });
      const unbroken = sameFiles(folder);
      appendFileSync(join(folder, 'scalars.jsonl'), '{"kind":"st');
      await trainer.restore(snapshot);
      await trainer.fit(data, { epochs: 3 });
      expect(sameFiles(folder)).toEqual(unbroken);
      trainer.dispose();
    }));

  it('does not make a step wait for its loss', () =>
    inFolder(async (folder) => {
      const { onTrainBegin, onStepEnd, setup } = runLog({ folder, every: 1 });
      const { locals } = setup!({} as never, { rows: 0 }) as { locals: never };
      const run = { seed: 1, plugins: [], log: () => undefined };
      const clock = { run, step: 0, epoch: 0, state: { rows: 0 }, locals };
      await onTrainBegin!({ ...clock, device: {}, describe: () => ({}) } as never);
      const never = new Promise<number>(() => undefined);
      await onStepEnd!({
        ...clock,
        step: 1,
        loss: () => never,
        milliseconds: 1,
        learningRate: 1,
        scalars: {},
      } as never);
    }));

  it('refuses a second run in the folder', () =>
    inFolder(async (folder) => {
      const second: AnyPlugin = {
        name: 'second',
        onTrainBegin: async () => {
          await expect(train(folder, 1)).rejects.toMatchObject({ code: 'RUN_LOG_BUSY' });
        },
      };
      await train(folder, 1, [second]);
    }));

  it('reports a full disk once, goes on, and writes all rows when there is room', () =>
    inFolder(async (folder) => {
      const { open } = fs;
      let full = true;
      vi.spyOn(fs, 'open').mockImplementation(async (...args) => {
        const file = await open(...args);
        const write = file.write.bind(file) as (...given: unknown[]) => unknown;
        return Object.assign(file, {
          write: (bytes: Uint8Array, at: number, length: number, place: number) => {
            if (full && String(args[0]).endsWith('scalars.jsonl')) {
              // Some bytes still fit.
              void write(bytes, at, 3, place);
              throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
            }
            return write(bytes, at, length, place);
          },
        });
      });
      const told: string[] = [];
      const room: AnyPlugin = {
        name: 'room',
        async onTrainEnd() {
          await vi.waitFor(() => expect(told).toHaveLength(1), 10_000);
          full = false;
        },
      };
      const messages = await train(folder, 2, [room], told);
      expect(messages).toEqual([expect.stringContaining('the disk is full (ENOSPC). The run goes on')]);
      expect((await readRunLog(folder)).steps).toHaveLength(6);
    }));

  it('a folder that cannot be one is refused at the start', () =>
    inFolder(async (folder) => {
      writeFileSync(join(folder, 'file'), '');
      await expect(train(join(folder, 'file'), 1)).rejects.toMatchObject({ code: 'RUN_LOG_WRITE' });
    }));
});

describe('readRunLog', () => {
  it('leaves out a torn last line, and names any other broken line', () =>
    inFolder(async (folder) => {
      await train(folder, 1);
      const path = join(folder, 'scalars.jsonl');
      appendFileSync(path, '{"kind":"epoch","step":3');
      expect((await readRunLog(folder)).epochs).toHaveLength(1);
      const lines = readFileSync(path, 'utf8').split('\n');
      writeFileSync(path, [lines[0], 'nonsense', ...lines.slice(2)].join('\n'));
      await expect(readRunLog(folder)).rejects.toThrow(
        /line 2 of .*scalars.jsonl cannot be read: it is no JSON/,
      );
    }));

  it('reads NaN, infinities, -0 and names of any kind', () =>
    inFolder(async (folder) => {
      await train(folder, 1);
      const row =
        '{"kind":"step","step":9,"epoch":1,"loss":"NaN","learningRate":-0,"scalars":{"constructor":"-Infinity","__proto__":1}}\n';
      appendFileSync(join(folder, 'scalars.jsonl'), row);
      const { steps } = await readRunLog(folder);
      expect([steps.at(-1)!.loss, steps.at(-1)!.learningRate]).toEqual([Number.NaN, -0]);
      expect(Object.entries(steps.at(-1)!.scalars)).toEqual([
        ['constructor', -Infinity],
        ['__proto__', 1],
      ]);
    }));

  it('refuses a folder without a log, and one of a newer format', () =>
    inFolder(async (folder) => {
      await expect(readRunLog(folder)).rejects.toMatchObject({ code: 'RUN_LOG_READ' });
      mkdirSync(join(folder, 'new'));
      writeFileSync(join(folder, 'new', 'run.json'), '{"format":"cantrip-run","version":2}');
      await expect(readRunLog(join(folder, 'new'))).rejects.toMatchObject({ code: 'RUN_LOG_NEWER' });
      expect(readdirSync(folder)).toEqual(['new']);
    }));
});
