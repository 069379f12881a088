import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { storeChoice } from '@cantrip/core-tensor-gpu/tuning';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { storedChoice } from './stored-choice.ts';

const main = fileURLToPath(new URL('../src/program/main.ts', import.meta.url));
const tsx = fileURLToPath(import.meta.resolve('tsx/cli'));

function cantrip(...args: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [tsx, '--conditions=@cantrip/source', main, ...args],
    { encoding: 'utf8' },
  );
  return { code: status, out: stdout, err: stderr };
}

describe('the cantrip command, in a process of its own', () => {
  it('lists its commands', () => {
    const { code, out } = cantrip('--help');
    expect(code).toBe(0);
    expect(out).toMatch(/^Usage: cantrip/);
    expect(out).toMatch(/doctor .*which device/);
    expect(out).toMatch(/install-runtime .*native speed/);
  });

  it('explains a command with examples', () => {
    expect(cantrip('install-runtime', '--help').out).toContain('$ cantrip install-runtime --cuda');
    expect(cantrip('doctor', '--help').out).toContain('$ cantrip doctor --json');
  });

  it('prints its version', () => {
    expect(cantrip('--version').out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('tells in doctor what was measured and stored on this machine', () => {
    const cache = mkdtempSync(join(tmpdir(), 'cantrip-doctor-'));
    vi.stubEnv('XDG_CACHE_HOME', cache);
    onTestFinished(() => {
      vi.unstubAllEnvs();
      rmSync(cache, { recursive: true, force: true });
    });
    expect(cantrip('doctor').out).not.toContain('train.ts');
    storeChoice(storedChoice, join(cache, 'cantrip', 'tuning'));
    expect(cantrip('doctor').out).toMatch(/Measured by[\s\S]*train\.ts[\s\S]*0\.65/);
  });

  it('ends with exit code 1 in doctor where training would be refused, and says why', () => {
    vi.stubEnv('CANTRIP_TENSORFLOW', '/nowhere/at/all');
    onTestFinished(() => void vi.unstubAllEnvs());
    const { code, out } = cantrip('doctor');
    expect(code).toBe(1);
    expect(out).toMatch(/Training would fail at once: .*\/nowhere\/at\/all, which does not exist/);
  });

  it('ends with exit code 1 and one message on an unknown command', () => {
    const { code, err } = cantrip('dokter');
    expect(code).toBe(1);
    expect(err).toContain("unknown command 'dokter'");
  });
});
