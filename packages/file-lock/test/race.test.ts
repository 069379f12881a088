import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ask, endOf, forkReady, start } from './fixtures/programs.ts';

const folder = mkdtempSync(join(tmpdir(), 'race-'));
const gone = 2 ** 22 + 1;

/** A holder of this machine before it was started again. */
const dead = (token: string): string =>
  JSON.stringify({ pid: 1, token, since: '', started: 1, host: hostname(), boot: 'before', namespace: '' });

/** What lies there before the race. */
const stale: readonly ((path: string) => void)[] = [
  () => undefined,
  (path) => writeFileSync(path, String(gone)),
  (path) => writeFileSync(path, dead('first')),
  // One that died as it took over from another one.
  (path) => {
    writeFileSync(path, dead('first'));
    writeFileSync(`${path}.first.heir`, dead('second'));
  },
];

it.skipIf(process.platform !== 'linux')(
  'of four processes that take a lock at one moment, fresh or left by a dead process, one has it: 1,000 times',
  async () => {
    const racers = await Promise.all(Array.from({ length: 4 }, () => forkReady('racer.ts')));
    const winners: number[] = [];
    for (let race = 0; race < 1000; race++) {
      const path = join(folder, `lock-${race}`);
      stale[race % stale.length]!(path);
      const at = Date.now() + 3;
      const answers = await Promise.all(racers.map((racer) => ask(racer, { path, at })));
      winners.push(answers.filter((won) => won === true).length);
    }
    for (const racer of racers) racer.kill();
    expect(winners.filter((count) => count !== 1)).toEqual([]);
    // Nothing is left beside a lock but its holder's socket.
    expect(readdirSync(folder).filter((name) => !/^lock-\d+(\.[\w-]+\.sock)?$/.test(name))).toEqual([]);
  },
);

it('processes that add to one number under a lock lose none, though some die with the lock in hand', async () => {
  const file = join(folder, 'number');
  writeFileSync(file, '0');
  const ends = await Promise.all(
    ['die', 'release', 'die', 'release'].map((end) => endOf(start('counter.ts', [file, '100', end]))),
  );
  expect(ends).toEqual(['SIGKILL', 0, 'SIGKILL', 0]);
  expect(readFileSync(file, 'utf8')).toBe('400');
});
