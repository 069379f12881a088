import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  checkpointName,
  newestCheckpoint,
  pruneCheckpoints,
  readCheckpoint,
  writeCheckpoint,
} from '@cantrip/checkpoint';
import { expect, it } from 'vitest';
import { bitsOf } from './fixtures/bits-of.ts';
import { bundled } from './fixtures/bundled.ts';
import { inFolder } from './fixtures/in-folder.ts';
import { savedRun } from './fixtures/saved-run.ts';

interface End {
  readonly signal: NodeJS.Signals | undefined;
  /** The last step that was done, and how many changes were made until then. */
  readonly step: number;
  readonly changes: number;
}

function run(program: string, args: readonly string[]): Promise<End> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], (error, stdout) => {
      const [step = 0, changes = 0] = (stdout.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
      resolve({ signal: error?.signal ?? undefined, step, changes });
    });
  });
}

/** What must hold in a folder whose writer was killed. */
async function check(folder: string, { step }: End): Promise<void> {
  const { found, passedOver } = await newestCheckpoint(folder);
  expect(passedOver).toEqual([]);
  // The step that was killed may be there already.
  const at = found?.saved.snapshot.position.step ?? 0;
  expect([step, step + 1]).toContain(at);
  if (found) expect(bitsOf(found.saved)).toEqual(bitsOf(savedRun(at, 'plain')));
  if (step > 0) {
    const latest = await readCheckpoint(join(folder, 'latest'));
    const { step: replaced } = latest.snapshot.position;
    expect([step, step + 1]).toContain(replaced);
    expect(bitsOf(latest)).toEqual(bitsOf(savedRun(replaced, 'plain')));
  }
  await writeCheckpoint(join(folder, checkpointName(9)), savedRun(9, 'plain'));
  await writeCheckpoint(join(folder, 'latest'), savedRun(9, 'plain'));
  await pruneCheckpoints(folder, { keep: 1, spare: [] });
  expect(readdirSync(folder).sort()).toEqual(['latest', checkpointName(9)]);
}

it('a writer that is killed at any change of the disk leaves the newest checkpoint whole, and the next write works', async () => {
  await inFolder(async (outer) => {
    const program = await bundled('write-until-killed', outer);
    const inside = (name: string): string => {
      mkdirSync(join(outer, name));
      return join(outer, name);
    };
    const { changes, signal } = await run(program, [inside('whole')]);
    expect(signal).toBeUndefined();
    expect(changes).toBeGreaterThan(50);
    const moments = Array.from({ length: changes }, (_, at) => at + 1).flatMap((number) => [
      [number, 'before'] as const,
      [number, 'midst'] as const,
    ]);
    let killed = 0;
    const next = async (): Promise<void> => {
      for (let one = moments.shift(); one; one = moments.shift()) {
        const folder = inside(one.join('-'));
        const end = await run(program, [folder, ...one.map(String)]);
        expect(end.signal, one.join(' ')).toBe('SIGKILL');
        await check(folder, end);
        killed++;
      }
    };
    await Promise.all([next(), next()]);
    expect(killed).toBe(changes * 2);
  });
}, 60_000);
