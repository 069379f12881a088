import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ablate, type AblateOptions, type AblationResult } from '@cantrip/ablation';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from './fixtures/temporary-folder.ts';

const experiment = new URL('./fixtures/formula.ts', import.meta.url);

const run = (options: Partial<AblateOptions> = {}): Promise<AblationResult> =>
  ablate({ experiment, design: 'leave-one-out', folder: temporaryFolder(), stream: null, ...options });

/** A log as an earlier ablation left it. */
const linesOf = (folder: string): string[] =>
  readFileSync(join(folder, 'formula.jsonl'), 'utf8').trim().split('\n');

let oneSeed: AblationResult;
let logOfOneSeed: string;

beforeAll(async () => {
  const folder = temporaryFolder();
  oneSeed = await run({ folder, seeds: 1 });
  logOfOneSeed = readFileSync(join(folder, 'formula.jsonl'), 'utf8');
});

/** A folder in which an earlier ablation has left its runs with seed 1, or what was made of them. */
function folderOfOneSeed(change: (log: string) => string = (log) => log): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'formula.jsonl'), change(logOfOneSeed));
  return folder;
}

describe('ablate', () => {
  it('tells what helps, what hurts and what changes nothing', async () => {
    const { effects, variants, machines } = await run();
    expect(effects.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['gain', 'helps'],
      ['loss', 'hurts'],
      ['idle', 'changes nothing'],
    ]);
    const [gain, loss] = effects;
    expect(gain!.difference.values).toHaveLength(5);
    expect(gain!.difference.mean).toBeCloseTo(0.102, 12);
    expect([gain!.better, gain!.worse, loss!.better, loss!.worse]).toEqual([5, 0, 0, 5]);
    expect(variants.map(({ name, runs }) => [name, runs])).toEqual([
      ['all', 5],
      ['without gain', 5],
      ['without loss', 5],
      ['without idle', 5],
    ]);
    expect(machines).toHaveLength(1);
  });

  it('trains only what is missing: nothing the second time, then only new seeds and new sets', async () => {
    const folder = folderOfOneSeed();
    expect(await run({ folder, seeds: 1 })).toEqual(oneSeed);
    expect(linesOf(folder)).toHaveLength(1 + 4);
    await run({ folder, seeds: [2, 1] });
    expect(linesOf(folder)).toHaveLength(1 + 8);
    await run({ folder, seeds: 1, design: 'add-one' });
    expect(linesOf(folder)).toHaveLength(1 + 8 + 4);
  });

  it('gives the same figures whatever the number of processes and the order of the runs', async () => {
    const { effects } = await run({ processes: 4, seeds: 1 });
    expect(effects).toEqual(oneSeed.effects);
  });

  it('drops a last line that was cut off, and trains that run again', async () => {
    const folder = folderOfOneSeed((log) => log.slice(0, -40));
    const { effects } = await run({ folder, seeds: 1 });
    expect(effects).toEqual(oneSeed.effects);
    expect(linesOf(folder)).toHaveLength(1 + 4);
    for (const line of linesOf(folder)) expect(() => JSON.parse(line) as unknown).not.toThrow();
  });

  it('refuses a line in the middle that is no run', async () => {
    const folder = folderOfOneSeed((log) => log.replace('\n', '\nrubbish\n'));
    await expect(run({ folder, seeds: 1 })).rejects.toThrow(
      /line 2 of .*formula\.jsonl must be a run, got rubbish/,
    );
  });

  it('counts a diverged run as the figure says, or leaves its pair out and says so', async () => {
    const { effects, variants } = await run({ seeds: [2], parameters: { divergesAt: 2 } });
    expect(variants.map(({ name, diverged }) => [name, diverged])).toEqual([
      ['all', 1],
      ['without gain', 1],
      ['without loss', 0],
      ['without idle', 1],
    ]);
    expect(effects.map(({ missing }) => missing)).toEqual([1, 1, 1]);
  });
});

describe('ablate refuses', () => {
  it('runs of other parameters, threads or environment, and names what differs', async () => {
    const folder = folderOfOneSeed();
    const changed = {
      threads: 2,
      parameters: { offset: 1 },
      environment: { TF_ENABLE_ONEDNN_OPTS: '1' },
    };
    await expect(run({ folder, seeds: 1, ...changed })).rejects.toThrow(
      /threads was 1 and is 2; parameters\.offset was 0 and is 1; environment\.TF_ENABLE_ONEDNN_OPTS was not given and is 1.*\(ABLATION_CHANGED\)/,
    );
  });

  it('runs of a changed module, unless told that the change is harmless', async () => {
    const other = '"formula.ts":"0123456789abcdef"';
    const folder = folderOfOneSeed((log) => log.replace(/"formula\.ts":"\w+"/, other));
    await expect(run({ folder, seeds: 1 })).rejects.toThrow(/file formula\.ts has changed.*ABLATION_CHANGED/);
    await run({ folder, seeds: 1, acceptChanged: true });
    expect(linesOf(folder)).toHaveLength(1 + 4 + 1);
    await run({ folder, seeds: 1 });
  });

  it('a folder that another process is writing to, but not one that a dead process left', async () => {
    const folder = folderOfOneSeed();
    const lock = join(folder, 'formula.jsonl.lock');
    writeFileSync(lock, String(process.ppid));
    await expect(run({ folder, seeds: 1 })).rejects.toThrow(/is writing to .*\(ABLATION_BUSY\)/);
    writeFileSync(lock, String(2 ** 30));
    await run({ folder, seeds: 1 });
    expect(() => readFileSync(lock)).toThrow(/ENOENT/);
  });

  it.each([
    ['throw', /the run with gain, loss, idle and seed 1 failed: Error: a bug in fit/],
    ['crash', /ended with SIGKILL/],
    ['nothing', /fit must return the figure score, but returned none/],
  ])('to go on when a run fails (%s), and shows why', async (fails, message) => {
    const failing = run({ seeds: 1, processes: 1, parameters: { fails } });
    await expect(failing).rejects.toThrow(message);
    await expect(failing).rejects.toMatchObject({ code: 'ABLATION_FAILED' });
  });

  it.each([
    [{ seeds: 0 }, /seeds must be >= 1, got 0/],
    [
      { seeds: 'five' as unknown as number },
      /seeds must be a number of seeds up to 10,000, or an array of seeds, got "five"/,
    ],
    [{ design: 'leave-two-out' as 'factorial' }, /design/],
    [{ parameters: { epochs: 3 } }, /parameters must name parameters of formula, got epochs/],
    [{ parameters: { fails: 3 } }, /parameters\.fails must be a string, got 3/],
    [{ processes: 1.5 }, /processes must be an integer/],
  ])('the options %o', async (options, message) => {
    await expect(run(options)).rejects.toThrow(message);
  });

  it('a module without an experiment', async () => {
    const nothing = new URL('./fixtures/temporary-folder.ts', import.meta.url);
    await expect(run({ experiment: nothing })).rejects.toThrow(/must export experiment, .*, got undefined/);
  });
});
