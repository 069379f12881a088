import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { disagreements } from './fuzz/disagreements.ts';

interface Result {
  readonly inputs: unknown;
  readonly read: number;
  readonly refused: number;
  readonly slowestMilliseconds: number;
  readonly mostBuffersPerByte: number;
  readonly kinds: Readonly<Record<string, number>>;
  readonly faults: readonly string[];
}

const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

describe('20,000 safetensors files, right ones and mutated ones', () => {
  let result: Result;

  // A heap of 64 MiB: a reader that allocates what a header promises would end this process.
  beforeAll(async () => {
    const node = [
      '--max-old-space-size=64',
      '--conditions=@cantrip/source',
      `--import=${import.meta.resolve('tsx')}`,
    ];
    const { stdout } = await promisify(execFile)(process.execPath, [
      ...node,
      pathOf('fuzz/main.ts'),
      '20000',
    ]);
    result = JSON.parse(stdout) as Result;
  });

  it('each is read as what it holds or refused with our error, and as Python reads it or for a reason that has a name', () => {
    expect(result.faults).toEqual([]);
  });

  it('are those of which Python gave its verdicts', () => {
    const { inputs } = JSON.parse(readFileSync(pathOf('golden/verdicts.json'), 'utf8')) as Pick<
      Result,
      'inputs'
    >;
    expect(result.inputs).toEqual(inputs);
  });

  it('are of many kinds: thousands are right, thousands are broken, and each reason to differ from Python occurs', () => {
    expect(result.read).toBeGreaterThan(4000);
    expect(result.refused).toBeGreaterThan(4000);
    for (const kind of Object.keys(disagreements)) expect(result.kinds[kind], kind).toBeGreaterThan(10);
  });

  it('need less than a second of processor time each, and no more buffers than the file has bytes', () => {
    expect(result.slowestMilliseconds).toBeLessThan(1000);
    expect(result.mostBuffersPerByte).toBeLessThanOrEqual(1);
  });
});
