import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tasks } from '../reproducibility/tasks.ts';
import type { Trained, TrainOrder } from '../reproducibility/train-child.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const child = fileURLToPath(new URL('../reproducibility/train-child.ts', import.meta.url));

/** Every training of these tests has two threads, whatever the machine. */
async function train(order: TrainOrder, threads = 2): Promise<Readonly<Record<string, Trained>>> {
  const { stdout } = await run(
    process.execPath,
    ['--import', 'tsx', '--conditions=@cantrip/source', child, JSON.stringify(order)],
    { cwd: root, env: { ...process.env, TF_NUM_INTRAOP_THREADS: String(threads) }, maxBuffer: 2 ** 26 },
  );
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Record<string, Trained>;
}

const digests = (trained: Readonly<Record<string, Trained>>): Record<string, string> =>
  Object.fromEntries(Object.entries(trained).map(([name, { digest }]) => [name, digest]));

/** The largest difference of two weights; relative where they are above 1. */
const distance = (a: Trained, b: Trained): number =>
  Math.max(
    ...a.weights.map((weight, at) => Math.abs(weight - b.weights[at]!) / Math.max(1, Math.abs(weight))),
  );

const ways = {
  'cpu, op by op': { device: 'cpu', capture: false },
  'wasm, op by op': { device: 'wasm', capture: false },
  'tensorflow, op by op': { device: 'tensorflow', capture: false },
  'tensorflow, captured': { device: 'tensorflow', capture: true },
} as const satisfies Record<string, TrainOrder>;

const unbroken: Record<string, Readonly<Record<string, Trained>>> = {};
const folder = mkdtempSync(join(tmpdir(), 'reproducibility-'));

beforeAll(async () => {
  for (const [way, order] of Object.entries(ways)) unbroken[way] = await train(order);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

describe('what docs/reproducibility.md promises', () => {
  it.each(Object.entries(ways))(
    'equal bits in two processes: %s',
    async (way, order) => {
      expect(digests(await train(order))).toEqual(digests(unbroken[way]!));
    },
    60_000,
  );

  it.each(Object.entries(ways))(
    'equal bits after a stop within an epoch, continued in another process: %s',
    async (way, order) => {
      const own = mkdtempSync(join(folder, 'stopped-'));
      const stopped = await train({ ...order, stopAfter: 8, folder: own });
      expect(digests(stopped)).not.toEqual(digests(unbroken[way]!));
      expect(digests(await train({ ...order, folder: own }))).toEqual(digests(unbroken[way]!));
    },
    60_000,
  );

  it('equal bits captured and op by op', () => {
    expect(digests(unbroken['tensorflow, captured']!)).toEqual(digests(unbroken['tensorflow, op by op']!));
  });

  it.each(Object.keys(tasks))('the same to 1e-5 on every device: %s', (task) => {
    const [cpu, wasm, , tensorflow] = Object.values(unbroken).map((trained) => trained[task]!);
    expect(distance(wasm!, cpu!)).toBeLessThan(1e-5);
    expect(distance(tensorflow!, cpu!)).toBeLessThan(1e-5);
  });

  it('the same to 1e-5 with another number of threads', async () => {
    const alone = await train(ways['tensorflow, captured'], 1);
    const distances = Object.entries(unbroken['tensorflow, captured']!).map(([task, two]) =>
      distance(alone[task]!, two),
    );
    expect(distances).toHaveLength(Object.keys(tasks).length);
    expect(Math.max(...distances)).toBeLessThan(1e-5);
  }, 60_000);
});
