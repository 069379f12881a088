import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from './fixtures/temporary-folder.ts';

const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const program = fileURLToPath(new URL('./fixtures/ablate-formula.ts', import.meta.url));

/** @param slow - whether the runs of the second seed take a minute each */
function start(folder: string, slow: boolean): ChildProcess {
  const options = ['--conditions=@cantrip/source', `--import=${tsx}`];
  return spawn(process.execPath, [...options, program, folder], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, FORCE_COLOR: '0', CANTRIP_TEST_SLOW: slow ? '1' : '0' },
    // A group of its own, so that a signal can reach all of it, as Ctrl-C does.
    detached: true,
  });
}

const ended = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => child.on('close', (code) => resolve(code)));

const runsIn = (folder: string): number => {
  const path = join(folder, 'formula.jsonl');
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 2 : 0;
};

/** Waits until the log holds some runs, of 8 in all. */
async function untilRuns(child: ChildProcess, folder: string, count: number): Promise<void> {
  while (runsIn(folder) < count) {
    if (child.exitCode !== null) throw new Error(`the program ended with exit code ${child.exitCode}`);
    await setTimeout(20);
  }
}

/** Child processes of this ablation that are still there. */
function workersOf(folder: string): string[] {
  const list = execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' }).split('\n');
  return list.filter((line) => line.includes('worker.ts') && line.includes(`"folder":"${folder}"`));
}

describe('an ablation that is stopped', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'by %s ends its children, says how to go on, and goes on',
    async (signal) => {
      const folder = temporaryFolder();
      const first = start(folder, true);
      const output = text(first.stdout!);
      await untilRuns(first, folder, 4);
      process.kill(-first.pid!, signal);
      const asked = performance.now();
      expect(await ended(first)).toBe(130);
      expect(performance.now() - asked).toBeLessThan(30_000);
      const kept = runsIn(folder);
      expect(kept).toBe(4);
      expect(await output).toMatch(
        new RegExp(
          `${signal} stopped the ablation after ${kept} of 8 runs, which are stored in .*formula\\.jsonl.*Start the same program again`,
        ),
      );
      expect(workersOf(folder)).toEqual([]);
      expect(existsSync(join(folder, 'formula.jsonl.lock'))).toBe(false);
      const before = readFileSync(join(folder, 'formula.jsonl'), 'utf8');

      const second = start(folder, false);
      const log = text(second.stderr!);
      expect(await ended(second)).toBe(0);
      expect(readFileSync(join(folder, 'formula.jsonl'), 'utf8').startsWith(before)).toBe(true);
      expect(runsIn(folder)).toBe(8);
      expect(await log).toContain(`[${kept + 1}/8] `);
    },
  );

  it('by SIGKILL leaves no child behind, and goes on', async () => {
    const folder = temporaryFolder();
    const first = start(folder, true);
    await untilRuns(first, folder, 4);
    first.kill('SIGKILL');
    await ended(first);
    for (let wait = 0; wait < 50 && workersOf(folder).length > 0; wait++) await setTimeout(100);
    expect(workersOf(folder)).toEqual([]);
    expect(await ended(start(folder, false))).toBe(0);
    expect(runsIn(folder)).toBe(8);
  });
});
