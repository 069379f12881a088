import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ablate, type AblateOptions, type AblationResult } from '@cantrip/ablation';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from './fixtures/temporary-folder.ts';

const experiment = new URL('./fixtures/formula.ts', import.meta.url);

const run = (options: Partial<AblateOptions>): Promise<AblationResult> =>
  ablate({ experiment, design: 'leave-one-out', seeds: 1, stream: null, ...options });

describe('an ablation with a signal', () => {
  it('stops when the signal is aborted, keeps what is done, and goes on at the next call', async () => {
    const folder = temporaryFolder();
    const controller = new AbortController();
    const stream = { write: () => (controller.abort(new Error('time is up')), true), isTTY: false };
    const stopped = run({
      folder,
      seeds: 2,
      processes: 1,
      signal: controller.signal,
      stream: stream as unknown as NodeJS.WriteStream,
    });
    await expect(stopped).rejects.toThrow(
      /^\[ablate\] its signal \(time is up\) stopped the ablation after \d of 8 runs.*\(ABLATION_INTERRUPTED\)$/,
    );
    const { variants } = await run({ folder, seeds: 2 });
    expect(variants.map(({ runs }) => runs)).toEqual([2, 2, 2, 2]);
    expect(readFileSync(join(folder, 'formula.jsonl'), 'utf8').trim().split('\n')).toHaveLength(1 + 8);
  });

  it('trains nothing when the signal was aborted before', async () => {
    const folder = temporaryFolder();
    await expect(run({ folder, signal: AbortSignal.abort('no time') })).rejects.toThrow(
      /its signal \(no time\) stopped the ablation after 0 of 4 runs/,
    );
  });
});

describe.skipIf(process.platform === 'win32')('the place of the results', () => {
  it.each([
    ['a pipe', (path: string) => execFileSync('mkfifo', [path])],
    ['a folder', (path: string) => mkdirSync(path)],
  ])('is refused at once where it is %s', async (_, make) => {
    const folder = temporaryFolder();
    make(join(folder, 'formula.jsonl'));
    await expect(run({ folder })).rejects.toThrow(
      /^\[ablate\] .*formula\.jsonl must be a file of runs, got a folder, a pipe or a device\..*\(DATA_FORMAT\)$/,
    );
  });
});
