/**
 * What run-log, TensorBoard's event files and MLflow cost a step of some 2 ms. Takes four minutes; writes results/logs.json.
 *
 * The MLflow server is a stand-in in a process of its own that accepts everything at once, so what is measured is the client.
 *
 *     npx tsx --conditions=@cantrip/source tools/benchmarks/programs/logs.ts [rounds]
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mlflow } from '@cantrip/mlflow';
import { runLog } from '@cantrip/run-log';
import { tensorBoard } from '@cantrip/tensorboard';
import { writeResult } from '../measuring/measure.ts';
import { measuredHere } from '../measuring/measured-here.ts';
import { pluginCosts } from '../measuring/plugin-cost.ts';

if (process.argv[2] === 'server') serve();
else await measure(Number(process.argv[2] ?? 25));

/** Answers as MLflow does. */
function serve(): void {
  const answers: Readonly<Record<string, object>> = {
    'experiments/get-by-name': { experiment: { experiment_id: '0' } },
    'runs/create': { run: { info: { run_id: 'a'.repeat(32) } } },
    'runs/get': { run: { info: {}, data: {} } },
  };
  const server = createServer((request, response) => {
    const path = request.url!.replace(/^\/api\/2\.0\/mlflow\//, '').replace(/\?.*$/, '');
    request.resume().on('end', () => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(answers[path] ?? {}));
    });
  });
  server.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port));
}

async function measure(rounds: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'cantrip-logs-'));
  const server = fork(fileURLToPath(import.meta.url), ['server'], { execArgv: process.execArgv });
  const [port] = (await once(server, 'message')) as [number];
  const of = (every: number): Parameters<typeof pluginCosts>[0] => ({
    [`run-log, every ${every}`]: [runLog({ folder: join(folder, `log-${every}`), every })],
    [`tensorboard, every ${every}`]: [tensorBoard({ folder: join(folder, `board-${every}`), every })],
    [`mlflow, every ${every}`]: [mlflow({ trackingUri: `http://127.0.0.1:${port}`, every })],
  });
  try {
    writeResult('logs', { ...measuredHere(), ...(await pluginCosts({ ...of(10), ...of(1) }, rounds)) });
  } finally {
    server.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}
