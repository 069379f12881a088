import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readRunLog, runLog } from '@cantrip/run-log';
import { tinyData, tinyTrainer } from '@cantrip/testing';
import type { AnyPlugin } from '@cantrip/trainer';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { inFolder, sameFiles } from './in-folder.ts';

const program = (name: string): string => fileURLToPath(new URL(`programs/${name}.ts`, import.meta.url));
const tsx = ['--import', import.meta.resolve('tsx'), '--conditions=@cantrip/source'];

const git = (cwd: string, ...args: readonly string[]): string =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], {
    cwd,
    encoding: 'utf8',
  });

/** Trains in a process whose working folder is this one, and gives what the log says of git. */
async function gitOf(cwd: string, env: Readonly<Record<string, string>> = {}): Promise<unknown> {
  return inFolder(async (folder) => {
    execFileSync(process.execPath, [...tsx, program('train'), folder], {
      cwd,
      env: { ...process.env, ...env },
    });
    const { info } = await readRunLog(folder);
    return info.starts[0]!.git;
  });
}

describe('the git commit of a run', { timeout: 120_000 }, () => {
  it('is that of the working folder, and says whether tracked files differ', () =>
    inFolder(async (cwd) => {
      git(cwd, 'init', '--quiet');
      expect(await gitOf(cwd)).toBeUndefined(); // there is no commit yet
      writeFileSync(join(cwd, 'tracked'), '1');
      git(cwd, 'add', '.');
      git(cwd, 'commit', '--quiet', '--message', 'one');
      const commit = git(cwd, 'rev-parse', 'HEAD').trim();
      writeFileSync(join(cwd, 'untracked'), '1');
      expect(await gitOf(cwd)).toEqual({ commit, dirty: false });
      writeFileSync(join(cwd, 'tracked'), '2');
      expect(await gitOf(cwd)).toEqual({ commit, dirty: true });
    }));

  it('is left out where there is no repository, and where there is no git', () =>
    inFolder(async (cwd) => {
      expect(await gitOf(cwd)).toBeUndefined();
      git(cwd, 'init', '--quiet');
      git(cwd, 'commit', '--quiet', '--allow-empty', '--message', 'one');
      expect(await gitOf(cwd, { PATH: cwd })).toBeUndefined();
    }));
});

describe('a clock that goes back', () => {
  afterEach(() => void vi.useRealTimers());

  it('changes the dates of rows alone: seconds grow, and no row is lost', () =>
    inFolder(async (folder) => {
      vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2030, 0, 1) });
      const backwards: AnyPlugin = {
        name: 'backwards',
        onStepEnd: ({ step }) => void vi.setSystemTime(Date.UTC(2030 - step, 0, 1)),
      };
      const trainer = tinyTrainer([runLog({ folder, every: 1 }), backwards]);
      await trainer.fit(tinyData(), { epochs: 2 });
      const snapshot = await trainer.save();
      await trainer.fit(tinyData(), { epochs: 3 });
      const unbroken = sameFiles(folder);
      await trainer.restore(snapshot);
      await trainer.fit(tinyData(), { epochs: 3 });
      trainer.dispose();
      expect(sameFiles(folder)).toEqual(unbroken);
      const { times, steps } = await readRunLog(folder);
      expect(steps.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
      expect(times[0]!.at > times.at(-1)!.at).toBe(true);
      const seconds = times.map((one) => one.seconds);
      expect(seconds).toEqual([...seconds].sort((a, b) => a - b));
      expect(seconds[0]! >= 0 && seconds.at(-1)! < 600).toBe(true);
    }));
});

describe('two processes on one folder', { timeout: 60_000 }, () => {
  it('do not write to one log: the second is refused, and the first one goes on', () =>
    inFolder(async (folder) => {
      const first = spawn(process.execPath, [...tsx, program('train'), folder, '100'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(first.stdout, 'data'); // a step is done
      const second = tinyTrainer([runLog({ folder, every: 1 })]);
      await expect(second.fit(tinyData(), { epochs: 1 })).rejects.toThrow(
        `[run-log] ${folder} is in use by process ${first.pid}. Choose another folder, or end that run first. (RUN_LOG_BUSY)`,
      );
      second.dispose();
      first.stdout.resume();
      const [code] = (await once(first, 'close')) as [number];
      expect(code).toBe(0);
      const { steps, info } = await readRunLog(folder);
      expect(steps).toHaveLength(16);
      expect(info.starts).toHaveLength(1);
    }));
});
