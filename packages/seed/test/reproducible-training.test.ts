import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { trainTinyCnn } from './fixtures/train-tiny-cnn.ts';

function trainInChildProcess(seed: number): number[] {
  const program = fileURLToPath(new URL('fixtures/print-tiny-cnn.ts', import.meta.url));
  const flags = ['--conditions=@cantrip/source', '--import', 'tsx'];
  const output = execFileSync(process.execPath, [...flags, program, String(seed)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return JSON.parse(output.trim().split('\n').at(-1)!) as number[];
}

describe('a CNN with dropout, trained with a plain loop', () => {
  it('ends in bit-equal weights for one seed, twice in one process', async () => {
    const weights = await trainTinyCnn(42);
    expect(await trainTinyCnn(42)).toEqual(weights);
    expect(weights.every(Number.isFinite)).toBe(true);
  });

  it('ends in bit-equal weights for one seed in two other processes', async () => {
    const weights = await trainTinyCnn(7);
    expect(trainInChildProcess(7)).toEqual(weights);
    expect(trainInChildProcess(7)).toEqual(weights);
  });

  it('takes 0 as a seed like any other', async () => {
    const weights = await trainTinyCnn(0);
    expect(await trainTinyCnn(0)).toEqual(weights);
    expect(await trainTinyCnn(1)).not.toEqual(weights);
  });

  it('ends elsewhere for another seed', async () => {
    expect(await trainTinyCnn(42)).not.toEqual(await trainTinyCnn(43));
  });
});
