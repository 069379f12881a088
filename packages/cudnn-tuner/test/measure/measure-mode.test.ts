import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findLibrary } from '@cantrip/core-tensor-gpu';
import { storedChoices } from '@cantrip/core-tensor-gpu/tuning';
import { presentDevices, tinyData, tinyTrainer } from '@cantrip/testing';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cudnnTuning } from '../../src/index.ts';

const program = fileURLToPath(new URL('measured.program.ts', import.meta.url));

describe('mode measure', { timeout: 400_000 }, () => {
  let hasTensorFlow = false;
  let library: string;
  let cache: string;

  beforeAll(async () => {
    hasTensorFlow = (await presentDevices(['tensorflow'])).length > 0;
    library = (await findLibrary()) ?? '';
  });

  beforeEach(() => {
    cache = mkdtempSync(join(tmpdir(), 'cantrip-measure-'));
    return () => rmSync(cache, { recursive: true, force: true });
  });

  interface Trained {
    readonly messages: readonly string[];
    /** How often the program began, and how often it came to its end. */
    readonly starts: number;
    readonly ends: number;
  }

  async function train(batch: number, budget: number, ...more: string[]): Promise<Trained> {
    const counter = join(cache, 'counter');
    writeFileSync(counter, '');
    const options = ['--conditions=@cantrip/source', '--import', 'tsx'];
    // With threads that are set and a step op by op, oneDNN is all that is tried: it is quick on a busy machine too.
    const threads = { TF_NUM_INTRAOP_THREADS: '1', TF_NUM_INTEROP_THREADS: '1' };
    const env = { ...process.env, ...threads, XDG_CACHE_HOME: cache, CANTRIP_TENSORFLOW: library };
    const args = [...options, program, counter, `${batch}`, `${budget}`, ...more];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env });
    const count = (word: string): number => readFileSync(counter, 'utf8').split(word).length - 1;
    return { messages: stdout.trim().split('\n'), starts: count('start'), ends: count('end') };
  }

  const folder = (): string => join(cache, 'cantrip', 'tuning');
  const last = (messages: readonly string[]): string => messages.at(-1)!;

  it('measures once, stores the fastest, uses it at the next start, and forgets it for another batch', async (context) => {
    if (!hasTensorFlow) return context.skip('tensorflow is absent');
    const first = await train(4, 90);
    expect(first.messages[0]).toMatch(/^\[cudnn-tuner\] measures the fastest settings for at most 90 s: /);
    expect(last(first.messages)).toMatch(
      /^\[cudnn-tuner\] measured 2 ways to run the step: .*\. The result is stored in .*\.json\.$/,
    );
    // One that looks, and at least one of the defaults and one of a change; none gets beyond its fit.
    expect(first.starts).toBeGreaterThanOrEqual(4);
    expect(first.ends).toBe(1);
    const [stored] = storedChoices(folder());
    expect(stored).toMatchObject({
      choice: {
        name: 'measured.program.ts',
        device: 'tensorflow',
        batch: 'inputs[4,6,6,1] targets[4] int32',
        library: { path: library },
      },
    });

    const second = await train(4, 90);
    expect(second).toMatchObject({ starts: 1, ends: 1 });
    expect(second.messages).toEqual([
      expect.stringMatching(/^\[cudnn-tuner\] .*, as measured on \d{4}-\d\d-\d\d\.$/),
    ]);

    const other = await train(2, 90);
    expect(other.starts).toBe(1);
    expect(last(other.messages)).toContain('The next start measures again');
    expect((await train(2, 90)).starts).toBeGreaterThan(2);
    expect(storedChoices(folder())).toHaveLength(2);

    // Back to the first: one process finds out what is trained, and what was measured for it is known.
    expect(last((await train(4, 90)).messages)).toContain('The next start measures again');
    expect(await train(4, 90)).toMatchObject({ starts: 2, ends: 1 });
  });

  it('trains with the defaults and says why where nothing could be measured', async (context) => {
    if (!hasTensorFlow) return context.skip('tensorflow is absent');
    const failed = await train(4, 60, 'fail');
    expect(failed).toMatchObject({ starts: 2, ends: 1 });
    expect(last(failed.messages)).toBe(
      '[cudnn-tuner] measured nothing: the program ended (exit status 3) before its first fit. Training continues with the default settings.',
    );
    const short = await train(4, 1);
    expect(short.ends).toBe(1);
    expect(last(short.messages)).toMatch(/measured nothing: .*SIGKILL|were too short/);
    expect(storedChoices(folder())).toEqual([]);
  });

  it('ignores a stored choice that cannot be read, and measures anew', async (context) => {
    if (!hasTensorFlow) return context.skip('tensorflow is absent');
    await train(4, 90);
    writeFileSync(storedChoices(folder())[0]!.path, '{');
    const again = await train(4, 90);
    expect(again.messages[0]).toMatch(/^\[cudnn-tuner\] ignores .*\.json: /);
    expect(again.starts).toBeGreaterThan(2);
  });

  it('measures nothing on a device that is not of TensorFlow’s', async () => {
    const messages: string[] = [];
    const log = (message: string): void => void messages.push(message);
    const trainer = tinyTrainer([cudnnTuning({ mode: 'measure' })], { device: 'cpu', log });
    await trainer.fit(tinyData({ examples: 8 }), { epochs: 1 });
    trainer.dispose();
    expect(messages).toEqual(['[cudnn-tuner] measures nothing, because the device is cpu.']);
  });
});
