import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { presentDevices } from '@cantrip/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gpuPage } from '../../gpu/page/gpu-page.ts';
import { type Outcome, readOutcome } from '../../gpu/runs/outcome.ts';
import type { Present } from '../../gpu/runs/present.ts';
import type { Run } from '../../gpu/runs/run.ts';
import { runList } from '../../gpu/runs/run-list.ts';
import { cudaRuns } from '../../gpu/runs/cuda-runs.ts';
import { firstRuns, runs } from '../../gpu/runs/runs.ts';
import { webgpuRuns } from '../../gpu/runs/webgpu-runs.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');
let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'cantrip-gpu-runs-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const missing = { missing: 'there is none' };
const present: Present = {
  has: { cuda: { version: 'a card' }, webgpu: missing, torch: missing, cpu: { version: 'v20' } },
};

function run(name: string, script: string, more: Partial<Run> = {}): Run {
  const program = (): { args: string[] } => ({ args: ['-e', script] });
  return { name, title: `What ${name} shows`, needs: ['cuda'], limit: 20, program, ...more };
}

const writes = (figures: object): string =>
  `require('node:fs').writeFileSync(process.env.CANTRIP_BENCH_RESULTS + '/found.json', '${JSON.stringify(figures)}')`;

const go = (list: readonly Run[], seconds = 60, native = 'cuda'): Promise<readonly Run[]> =>
  runList(list, { folder, seconds, place: { root, native, small: true }, present, say: () => undefined });

const outcome = (name: string): Outcome => readOutcome(folder, name)!;

it('runs all, and what fails, hangs or lacks something ends no other', async () => {
  const list = [
    run('throws', 'throw new Error("no kernel for it")'),
    run('hangs', 'setInterval(() => {}, 1000)', { limit: 1 }),
    run('crashes', 'process.kill(process.pid, "SIGSEGV")'),
    run('lacks', '', { needs: ['cuda', 'torch'] }),
    run('tests', 'console.log("FAILED one\\n3 passed, 1 failed, 2 skipped"); process.exit(1)'),
    run('works', writes({ what: 'a time', milliseconds: 3 })),
  ];
  expect(await go(list)).toEqual([]);
  expect(outcome('throws')).toMatchObject({ status: 'failed', device: 'a card' });
  expect(outcome('throws').reason).toContain('no kernel for it');
  expect(outcome('hangs').reason).toContain('stopped: it ran longer than');
  expect(outcome('crashes').status).toBe('failed');
  expect(outcome('lacks')).toMatchObject({ status: 'left out', reason: 'there is none' });
  expect(outcome('tests')).toMatchObject({
    status: 'done',
    tally: { passed: 3, failed: 1, skipped: 2 },
    failures: ['FAILED one'],
  });
  expect(outcome('works')).toMatchObject({ status: 'done', figures: { found: { milliseconds: 3 } } });
});

it('what is done is not run again; what was left out runs when it is there', async () => {
  const count = `require('node:fs').appendFileSync('${join(folder, 'count')}', 'x')`;
  const list = [run('counts', count), run('waits', '', { needs: ['webgpu'] })];
  await go(list);
  expect(outcome('waits').status).toBe('left out');
  const now = { ...present, has: { ...present.has, webgpu: { version: 'an adapter' } } };
  await runList(list, {
    folder,
    seconds: 60,
    place: { root, native: 'cuda', small: true },
    present: now,
    say: () => undefined,
  });
  expect(outcome('waits').status).toBe('done');
  expect(readFileSync(join(folder, 'count'), 'utf8')).toBe('x');
});

it('a call whose time is over leaves the rest, also a run under way, for the next', async () => {
  const slow = run('slow', `setTimeout(() => { ${writes({ n: 1 })} }, 2500)`, { limit: 30 });
  const list = [run('quick', writes({ n: 1 })), slow, run('later', writes({ n: 1 }))];
  const left = await go(list, 6);
  expect(left.map(({ name }) => name)).not.toContain('quick');
  expect(await go(list)).toEqual([]);
  expect(list.map(({ name }) => outcome(name).status)).toEqual(['done', 'done', 'done']);
});

it('figures that a run was writing when it was stopped are left out, and the next run begins', async () => {
  const half = `require('node:fs').writeFileSync(process.env.CANTRIP_BENCH_RESULTS + '/found.json', '{"milli')`;
  const report = half.replace('found', 'vitest');
  const list = [
    run('stopped', `${half}; ${report}; setInterval(() => {}, 1000)`, { limit: 1 }),
    run('next', writes({ n: 1 })),
  ];
  expect(await go(list)).toEqual([]);
  expect(outcome('stopped').status).toBe('failed');
  expect(outcome('stopped').figures).toBeUndefined();
  expect(outcome('next')).toMatchObject({ status: 'done', figures: { found: { n: 1 } } });
});

/** A run that hangs, and has a child that hangs too; both write their numbers to `pids`. */
const withChild = (): string => {
  const pids = join(folder, 'pids');
  const hang = `require('node:fs').appendFileSync('${pids}', process.pid + ' '); setInterval(() => {}, 1000)`;
  return `${hang}; require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(hang)}])`;
};

const pidsOf = (): number[] =>
  existsSync(join(folder, 'pids'))
    ? readFileSync(join(folder, 'pids'), 'utf8').trim().split(' ').map(Number)
    : [];

/** Whether a process runs; one that has ended and waits for its parent does not. */
function alive(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

it('a run that is stopped takes with it what it started', async () => {
  await go([run('hangs', withChild(), { limit: 2 })]);
  expect(pidsOf()).toHaveLength(2);
  await setTimeout(200);
  expect(pidsOf().filter(alive)).toEqual([]);
});

it('a run that a killed kit has left ends before the next one begins', async () => {
  const kit = join(folder, 'kit.mts');
  const list = JSON.stringify(join(root, 'tools/gpu/runs/run-list.ts'));
  const hangs = JSON.stringify(withChild());
  writeFileSync(
    kit,
    `import { runList } from ${list};
    const hangs = { name: 'hangs', title: '', needs: [], limit: 60, program: () => ({ args: ['-e', ${hangs}] }) };
    const place = { root: ${JSON.stringify(root)}, native: 'cuda', small: true };
    const options = { folder: ${JSON.stringify(folder)}, seconds: 60, place, present: { has: {} }, say: () => undefined };
    await runList([hangs], options);`,
  );
  const args = ['--conditions=@cantrip/source', '--import', 'tsx', kit];
  const killed = spawn(process.execPath, args, { cwd: join(root, 'tools'), stdio: 'ignore' });
  const closed = once(killed, 'close');
  for (let waited = 0; pidsOf().length < 2 && waited < 300; waited++) await setTimeout(100);
  killed.kill('SIGKILL');
  await closed;
  expect(pidsOf().filter(alive)).toHaveLength(2);
  await go([run('next', writes({ n: 1 }))]);
  await setTimeout(200);
  expect(pidsOf().filter(alive)).toEqual([]);
  expect(outcome('next').status).toBe('done');
}, 60_000);

it('a run that was cut off twice is given up, and says so', async () => {
  const cuts = run('cuts', 'setInterval(() => {}, 1000)', { limit: 40 });
  for (let call = 0; call < 2; call++) expect(await go([cuts], 6)).toEqual([cuts]);
  expect(await go([cuts], 6)).toEqual([]);
  expect(outcome('cuts')).toMatchObject({ status: 'failed', reason: 'it was cut off 2 times' });
}, 40_000);

it('the first runs take at most half an hour, and every run is in the list once', () => {
  const first = runs.slice(0, firstRuns.length);
  expect(first.map(({ name }) => name)).toEqual(firstRuns);
  expect(first.reduce((sum, { limit }) => sum + limit, 0)).toBeLessThanOrEqual(30 * 60);
  expect(new Set(runs.map(({ name }) => name)).size).toBe(runs.length);
  expect(runs).toHaveLength(webgpuRuns.length + cudaRuns.length);
});

describe('the page', () => {
  it('says that nothing was measured on a GPU until it was', () => {
    const never = 'CUDA: never measured on a GPU. WebGPU: never measured on a GPU.';
    expect(gpuPage([])).toContain(never);
    const rehearsed: Outcome = {
      name: 'cuda-uploads',
      title: 'Uploads',
      status: 'done',
      date: '2026-11-29',
      seconds: 1,
      device: 'TensorFlow 2.21.0, a processor',
      rehearsal: true,
      figures: { uploads: { milliseconds: 3 } },
    };
    expect(gpuPage([rehearsed])).toContain(`${never} In a rehearsal another device stands in`);
    const { rehearsal: _, ...measured } = rehearsed;
    expect(gpuPage([measured])).toContain('CUDA was measured on the cards that the table names.');
    const adapter = { ...measured, name: 'webgpu-mnist', device: 'SwiftShader, in software' };
    expect(gpuPage([adapter])).toContain('WebGPU: never measured on a GPU.');
  });

  it('names every run once, and what libraries are stood in for', () => {
    const names = runs.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(gpuPage([])).toContain('empty libraries stand in for libcufft.so.11');
  });
});

const [native] = await presentDevices(['tensorflow', 'wasm']);

it.skipIf(native !== 'tensorflow')(
  'the kit itself, killed in the middle, goes on and ends with the page',
  async () => {
    const only = 'cuda-uploads,cuda-memory-growth';
    const args = ['--conditions=@cantrip/source', '--import', 'tsx', join(root, 'tools/gpu/main.ts')];
    const options = ['--results', folder, '--native', 'tensorflow', '--small', '--only', only];
    const start = () =>
      spawn(process.execPath, [...args, ...options], { cwd: root, stdio: 'pipe', detached: true });
    const first = start();
    const closed = once(first, 'close');
    const uploads = join(folder, 'cuda-uploads.json');
    for (let waited = 0; !existsSync(uploads) && waited < 600; waited++) await setTimeout(100);
    process.kill(-first.pid!, 'SIGKILL');
    await closed;
    const written = statSync(uploads).mtimeMs;
    rmSync(join(folder, 'cuda-memory-growth.json'), { force: true });
    writeFileSync(join(folder, 'cuda-memory-growth.json.part'), '{"cut off');
    const second = start();
    expect((await once(second, 'close'))[0]).toBe(0);
    expect(statSync(uploads).mtimeMs).toBe(written);
    expect(outcome('cuda-memory-growth')).toMatchObject({ status: 'done', rehearsal: true });
    const page = readFileSync(join(folder, 'page.md'), 'utf8');
    expect(page).toContain('## Memory after many captured steps');
    expect(page).toContain('CUDA: never measured on a GPU.');
  },
  90_000,
);
