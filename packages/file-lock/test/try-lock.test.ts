import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { tryLock } from '@cantrip/file-lock';
import { beforeEach, describe, expect, it } from 'vitest';
import { endOf, firstLine, start } from './fixtures/programs.ts';

const onLinux = process.platform === 'linux';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'));
  path = join(folder, 'lock');
});

const wins = (): boolean => {
  const lock = tryLock(path);
  if ('release' in lock) lock.release();
  return 'release' in lock;
};

/** What this process writes into a lock. */
function written(): Record<string, unknown> {
  const lock = tryLock(path);
  if ('holder' in lock) throw new Error('busy');
  const told = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  lock.release();
  return told;
}

const leave = (changes: object): void =>
  writeFileSync(path, JSON.stringify({ ...written(), token: 'old', ...changes }));

describe('a lock', () => {
  it('is held by one at a time, tells by whom and since when, and leaves nothing when it is given back', () => {
    const lock = tryLock(path);
    expect('release' in lock).toBe(true);
    const other = tryLock(path);
    expect(other).toMatchObject({ holder: { pid: process.pid, host: hostname() } });
    expect(Date.parse('holder' in other ? other.holder.since : '')).toBeLessThanOrEqual(Date.now());
    if ('release' in lock) lock.release();
    expect(readdirSync(folder)).toEqual([]);
    expect(wins()).toBe(true);
  });

  it('is held against another copy of this package in the same process', async () => {
    const lock = tryLock(path);
    const another = '../src/try-lock.ts?another';
    const copy = (await import(another)) as { readonly tryLock: typeof tryLock };
    expect(copy.tryLock).not.toBe(tryLock);
    expect(copy.tryLock(path)).toMatchObject({ holder: { pid: process.pid } });
    if ('release' in lock) lock.release();
  });

  it.skipIf(!onLinux)(
    'is no pipe or folder: such a thing in its place is an error, and is not waited for',
    () => {
      spawnSync('mkfifo', [path]);
      expect(() => tryLock(path)).toThrow(/lock cannot be written \(a pipe or a device\)\. .*LOCK_FAILED/);
      expect(() => tryLock(folder)).toThrow(/EISDIR/);
      expect(readdirSync(folder)).toEqual(['lock']);
    },
  );

  it('dies with its process, however that ends', async () => {
    const child = start('hold.ts', [path]);
    expect(await firstLine(child)).toBe(`taken by ${child.pid}`);
    expect(tryLock(path)).toMatchObject({ holder: { pid: child.pid } });
    child.kill('SIGKILL');
    await endOf(child);
    expect(existsSync(path)).toBe(true);
    expect(wins()).toBe(true);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('does not keep its process alive', async () => {
    const child = start('hold.ts', [path]);
    await firstLine(child);
    child.stdin!.end();
    expect(await endOf(child)).toBe(0);
  });

  it("says in one sentence that its folder does not exist, with the file system's error as the cause", () => {
    const path = join(folder, 'nowhere/lock');
    expect(() => tryLock(path)).toThrow(
      expect.objectContaining({
        message: `[tryLock] the folder of ${path} does not exist. Pass a path in an existing folder that this process may write to. (LOCK_FAILED)`,
        cause: expect.objectContaining({ code: 'ENOENT' }) as unknown,
      }),
    );
  });
});

describe('a lock that was left behind', () => {
  it.skipIf(!onLinux)(
    'by process 1 of a container that was started again, whose number lives, is taken over',
    () => {
      leave({ pid: 1, started: 17 });
      expect(wins()).toBe(true);
    },
  );

  it.skipIf(!onLinux)('by a process whose number was given to this one is taken over', () => {
    leave({ started: 17 });
    expect(wins()).toBe(true);
  });

  it.skipIf(!onLinux)('before the machine was started again is taken over', () => {
    leave({ boot: '00000000-0000-0000-0000-000000000000' });
    expect(wins()).toBe(true);
  });

  it.skipIf(!onLinux)('by a number alone is taken over where that number is another program', () => {
    // Process 1 is never Node here.
    writeFileSync(path, '1');
    expect(wins()).toBe(true);
  });

  it('by a number alone is taken over where no process has it, and where it started later', () => {
    writeFileSync(path, String(2 ** 30));
    expect(wins()).toBe(true);
    if (!onLinux) return;
    writeFileSync(path, String(process.ppid));
    expect(tryLock(path)).toMatchObject({ holder: { pid: process.ppid } });
    utimesSync(path, new Date(1e12), new Date(1e12));
    expect(wins()).toBe(true);
  });

  it.each(['', 'nonsense', '{}', '{"pid":1}', '{"token":"../../x"}'])(
    'and says %j is taken over once its writer has had time to end the word',
    (text) => {
      writeFileSync(path, text);
      utimesSync(path, new Date(1e12), new Date(1e12));
      expect(wins()).toBe(true);
    },
  );

  it.skipIf(!onLinux)(
    'on another machine is held for an hour after it was last touched, and no longer',
    () => {
      leave({ host: 'another', boot: '00000000-0000-0000-0000-000000000000' });
      expect(tryLock(path)).toMatchObject({ holder: { host: 'another' } });
      utimesSync(path, new Date(), new Date(Date.now() - 61 * 60 * 1000));
      expect(wins()).toBe(true);
    },
  );
});

/** Runs a program as process 1 or so of a container; undefined where this system does not let us. */
const container = ['unshare', '--pid', '--fork', '--mount-proc'];
const canContain = onLinux && spawnSync(container[0]!, [...container.slice(1), 'true']).status === 0;

describe.skipIf(!canContain)('in a container of the same machine', () => {
  it('a lock is held while its holder outside lives, and taken over when that has ended', async () => {
    const outside = start('hold.ts', [path]);
    await firstLine(outside);
    const refused = start('hold.ts', [path], container);
    expect(await firstLine(refused)).toBe(`busy ${outside.pid}`);
    refused.stdin!.end();
    outside.kill('SIGKILL');
    await Promise.all([endOf(outside), endOf(refused)]);
    const heir = start('hold.ts', [path], container);
    expect(await firstLine(heir)).toMatch(/^taken by/);
    heir.stdin!.end();
    await endOf(heir);
  });

  it('a lock of a container that was killed is taken over by the next one, whose process has the same number', async () => {
    const first = start('hold.ts', [path], [...container, '--kill-child']);
    expect(await firstLine(first)).toBe('taken by 1');
    const meanwhile = start('hold.ts', [path], container);
    expect(await firstLine(meanwhile)).toBe('busy 1');
    meanwhile.stdin!.end();
    first.kill('SIGKILL');
    await Promise.all([endOf(first), endOf(meanwhile)]);
    const next = start('hold.ts', [path], container);
    expect(await firstLine(next)).toBe('taken by 1');
    next.stdin!.end();
    await endOf(next);
  });
});
