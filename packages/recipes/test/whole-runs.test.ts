import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expectClose, presentWays, type WayOptions } from '@cantrip/testing';
import type { PluginList } from '@cantrip/trainer';
import { describe, expect, it } from 'vitest';
import { bagOfTricks, fineTuning } from '../src/index.ts';
import { epochs, type Run, wholeRun } from './whole-run.ts';

const learningRate = 0.1;

/** Every recipe that needs no environment of its own. */
const recipes: Readonly<Record<string, () => PluginList>> = {
  'he-2019': () => bagOfTricks({ learningRate }),
  'torchvision-2021': () => bagOfTricks({ recipe: 'torchvision-2021', learningRate, epochs, batchSize: 4 }),
  'timm-a2': () => bagOfTricks({ recipe: 'timm-a2', learningRate }),
  'fineTuning, small batch': () => fineTuning({ learningRate, batchSize: 4, averageDecay: 0.9 }),
  'fineTuning, large batch': () => fineTuning({ learningRate, batchSize: 32, averageDecay: 0.9 }),
};

const ways = await presentWays();

function expectSameWeights(runs: readonly Run[]): void {
  const [first, ...others] = runs.map(({ weights }) => weights);
  expect(others.length).toBeGreaterThanOrEqual(1);
  for (const other of others) {
    expect(Object.keys(other)).toEqual(Object.keys(first!));
    for (const [name, values] of Object.entries(other))
      expectClose(values as number[], first![name] as number[], { absolute: 1e-4, relative: 1e-3 });
  }
}

describe.each(Object.entries(recipes))('a whole run of %s', (_, create) => {
  const unbrokenRuns: Run[] = [];

  it.each(ways)('resumes to the same bits $name', async ({ options }) => {
    const { unbroken, resumed } = await wholeRun(create, options);
    expect(resumed).toEqual(unbroken);
    unbrokenRuns.push(unbroken);
  });

  it('is the same in every way', () => expectSameWeights(unbrokenRuns));
});

describe('a whole run of reproducible, in a process of its own,', () => {
  interface Printed {
    readonly unbroken: Run;
    readonly resumed: Run;
    readonly deterministic: string | undefined;
  }
  const child = fileURLToPath(new URL('./reproducible-child.ts', import.meta.url));
  const inChild = async (options: WayOptions): Promise<Printed> => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', '--conditions=@cantrip/source', child, JSON.stringify(options)],
      { maxBuffer: 2 ** 26 },
    );
    return JSON.parse(stdout.trim().split('\n').at(-1)!) as Printed;
  };
  const unbrokenRuns: Run[] = [];

  it.each(ways)('resumes to the same bits $name', async ({ options }) => {
    const { unbroken, resumed, deterministic } = await inChild(options);
    expect(resumed).toEqual(unbroken);
    expect(deterministic).toBe('1');
    unbrokenRuns.push(unbroken);
  });

  it('is the same in every way', () => expectSameWeights(unbrokenRuns));
});
