import { runCantrip } from '@cantrip/cli';
import { describe, expect, it } from 'vitest';

/** Runs the command with the real installer, which must refuse before it begins. */
async function run(...args: string[]): Promise<{ code: number; out: string; err: string; began: number }> {
  let [out, err, began] = ['', '', 0];
  const code = await runCantrip(args, {
    out: (text) => (out += text),
    err: (text) => (err += text),
    core: async () => {
      const { installRuntime } = await import('@cantrip/core-tensor-gpu');
      return { installRuntime, diagnose: () => Promise.reject(new Error(`begun ${(began += 1)}`)) };
    },
  });
  return { code, out, err, began };
}

describe('wrong arguments', () => {
  it.each([
    ['a misspelt command', ['docter'], "error: unknown command 'docter'\n(Did you mean doctor?)"],
    ['a misspelt command', ['install-runtme'], '(Did you mean install-runtime?)'],
    ['no text for a command', [''], "error: unknown command ''"],
    ['an option without a command', ['--json'], "error: unknown option '--json'"],
    ['a misspelt option', ['--versio'], '(Did you mean --version?)'],
    ['a misspelt option', ['doctor', '--jsn'], "unknown option '--jsn'\n(Did you mean --json?)"],
    ['a misspelt option', ['install-runtime', '--cud'], '(Did you mean --cuda?)'],
    ['a misspelt option', ['install-runtime', '--verson', '2.21.0'], '(Did you mean --version?)'],
    ['an option of another command', ['doctor', '--cuda'], "error: unknown option '--cuda'"],
    ['a value for an option that has none', ['doctor', '--json=yes'], "error: unknown option '--json=yes'"],
    ['a value for an option that has none', ['install-runtime', '--cuda=12'], "unknown option '--cuda=12'"],
    ['an argument too many', ['doctor', 'wasm'], "too many arguments for 'doctor'. Expected 0 arguments"],
    ['an argument too many', ['install-runtime', '2.21.0'], "too many arguments for 'install-runtime'"],
    ['a missing value', ['install-runtime', '--version'], "'--version <version>' argument missing"],
  ])('%s is one message and exit code 1: %j', async (_, args, message) => {
    const { code, out, err, began } = await run(...args);
    expect({ code, out, began }).toEqual({ code: 1, out: '', began: 0 });
    expect(err).toContain(message);
    expect(err).not.toMatch(/^\s+at /m);
  });

  it.each([
    '',
    ' ',
    'nonsense',
    'NaN',
    '-1',
    '2',
    '2.21',
    '2.21.0.0',
    '2.21.x',
    '^2.21.0',
    '1e308',
    '../2.21.0',
    '--cuda',
  ])('the version %j, which is none, is refused before anything is fetched', async (version) => {
    const { code, out, err } = await run('install-runtime', '--version', version);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toBe(
      `[installRuntime] version must be a version like 2.21.0, got ${JSON.stringify(version)}. Set version to a version like 2.21.0. (OPTION_INVALID)\n`,
    );
  });
});
