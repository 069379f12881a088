import { spawnSync } from 'node:child_process';
import { runCantrip } from '@cantrip/cli';
import { describe, expect, it } from 'vitest';

async function cantrip(...args: string[]): Promise<string> {
  let out = '';
  const core = (): Promise<never> => Promise.reject(new Error('not needed'));
  await runCantrip(args, { out: (text) => (out += text), err: () => undefined, core });
  return out;
}

/** What bash completes for these words, of which the last is being typed. */
async function inBash(...words: string[]): Promise<string> {
  const script = `${await cantrip('completion', 'bash')}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _cantrip; echo "\${COMPREPLY[*]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script, 'bash', ...words], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.trim();
}

describe('cantrip completion', () => {
  it.each([
    [['cantrip', 'tr'], 'train'],
    [['cantrip', 'install'], 'install-runtime'],
    [['cantrip', 'train', '--r'], '--resume'],
    [['cantrip', 'export', 'runs', '--f'], '--force'],
    [['cantrip', 'ablate', 'x.ts', '--design', ''], 'leave-one-out add-one factorial'],
    [['cantrip', 'completion', ''], 'bash zsh fish'],
    // bash completes files here.
    [['cantrip', 'train', 'tr'], ''],
    [['cantrip', 'train', '$(exit 1)'], ''],
  ])('bash completes %j', async (words, completed) => {
    expect(await inBash(...words)).toBe(completed);
  });

  it.each([
    [
      'zsh',
      [
        'train:train what a config says',
        '--resume[go on',
        '(leave-one-out add-one factorial)',
        "NVIDIA'\\''s",
      ],
    ],
    [
      'fish',
      [
        "-a train -d 'train what a config says'",
        '-l resume -d',
        "-xa 'leave-one-out add-one factorial'",
        "NVIDIA\\'s",
      ],
    ],
  ])('prints a script for %s with commands, options and choices', async (shell, parts) => {
    const script = await cantrip('completion', shell);
    for (const part of parts) expect(script).toContain(part);
  });
});
