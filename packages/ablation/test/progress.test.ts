import { Writable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { showProgress } from '../src/progress/progress.ts';
import { formatDuration, timeLeft } from '../src/progress/time-left.ts';
import { recordOf } from './fixtures/records.ts';

function stream(isTTY: boolean): { readonly stream: NodeJS.WriteStream; text(): string } {
  let text = '';
  const writable = new Writable({ write: (chunk, _, done) => ((text += String(chunk)), done()) });
  const parts = { isTTY, columns: 120, cursorTo: () => true, clearLine: () => true, moveCursor: () => true };
  return { stream: Object.assign(writable, parts) as unknown as NodeJS.WriteStream, text: () => text };
}

const options = { total: 4, earlier: [recordOf({ seconds: 60 })], processes: 1, describe: () => 'score 0.5' };

describe('timeLeft', () => {
  it('is unknown before anything is', () => {
    const standing = { finished: [], running: [{ seconds: 3, share: 0 }], waiting: 5, processes: 2 };
    expect(timeLeft(standing)).toBeUndefined();
  });

  it('projects the runs under way while none has ended', () => {
    const standing = { finished: [], running: [{ seconds: 10, share: 0.25 }], waiting: 2, processes: 1 };
    expect(timeLeft(standing)).toBe(30 + 80);
  });

  it('shares what is left out among the processes, by the length of the runs that have ended', () => {
    const running = [
      { seconds: 15, share: 0.1 },
      { seconds: 45, share: 0.9 },
    ];
    expect(timeLeft({ finished: [50, 70], running, waiting: 4, processes: 2 })).toBe((45 + 15 + 240) / 2);
  });

  it('is not less than what the longest run under way still needs', () => {
    const running = [{ seconds: 0, share: 0 }];
    expect(timeLeft({ finished: [60], running, waiting: 0, processes: 8 })).toBe(60);
  });

  it('is 0, not negative, when a run takes longer than the others did', () => {
    const running = [{ seconds: 90, share: 0.9 }];
    expect(timeLeft({ finished: [60], running, waiting: 0, processes: 1 })).toBe(0);
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0 s'],
    [59.4, '59 s'],
    [59.6, '1 min'],
    [3599, '1 h 0 min'],
    [3569, '59 min'],
    [4000, '1 h 7 min'],
  ])('writes %d seconds as %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });
});

describe('progress', () => {
  it('off a terminal is one line for each finished run, with its figure and the time left', () => {
    const { stream: lines, text } = stream(false);
    const progress = showProgress({ ...options, stream: lines });
    progress.begin('all, seed 1');
    expect(text()).toBe('');
    progress.end('all, seed 1', recordOf({ seconds: 60 }));
    expect(text()).toBe('[2/4] all, seed 1: score 0.5, 1 min; 2 min left\n');
    progress.stop();
  });

  it('on a terminal is a bar with the runs under way and the time left, and is wiped in the end', async () => {
    const { stream: terminal, text } = stream(true);
    const progress = showProgress({ ...options, stream: terminal });
    progress.begin('none, seed 3');
    await setTimeout(400);
    expect(text()).toContain('1/4 runs, 3 min left  (none, seed 3)');
    progress.end('none, seed 3', recordOf({ seconds: 60 }));
    await setTimeout(400);
    expect(text()).toContain('2/4 runs, 2 min left');
    expect(text()).not.toContain('score');
    progress.stop();
  });
});
