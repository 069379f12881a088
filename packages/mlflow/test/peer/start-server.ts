import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { requireTestPython } from '../../../../tools/python-peers/test-python.ts';

/** The Python with MLflow, if there is one. */
export const python: string | undefined = requireTestPython();

/** An MLflow server on this machine. */
export interface TestServer {
  readonly uri: string;
  /** What MLflow answers to a request. */
  ask(path: string, body?: object): Promise<Record<string, never>>;
  stop(): Promise<void>;
}

/** Starts an MLflow server, and resolves when it answers. It writes nowhere but into a folder of its own. */
export async function startServer(): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), 'cantrip-mlflow-'));
  const port = await freePort();
  const store = ['--backend-store-uri', `sqlite:///${folder}/mlflow.db`, '--artifacts-destination', folder];
  const args = [
    '-m',
    'mlflow',
    'server',
    '--host',
    '127.0.0.1',
    '--port',
    String(port),
    '--workers',
    '1',
    ...store,
  ];
  const env = { ...process.env, MLFLOW_DISABLE_TELEMETRY: 'true', DO_NOT_TRACK: 'true' };
  // A group of its own, because the server starts others.
  const child = spawn(python!, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => (output += String(data)));
  const uri = `http://127.0.0.1:${port}`;
  for (let tries = 0; !(await answers(uri)); tries++) {
    if (child.exitCode !== null || tries > 900) throw new Error(`the MLflow server did not start: ${output}`);
    await pause(100);
  }
  return {
    uri,
    async ask(path, body) {
      const init = body && {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      };
      return (await (await fetch(`${uri}/api/2.0/mlflow/${path}`, init)).json()) as Record<string, never>;
    },
    async stop() {
      await stopGroup(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function stopGroup(child: ChildProcess): Promise<void> {
  const closed = new Promise((resolve) => child.on('close', resolve));
  process.kill(-child.pid!, 'SIGKILL');
  await closed;
}

async function answers(uri: string): Promise<boolean> {
  try {
    return (await fetch(`${uri}/health`)).ok;
  } catch {
    return false;
  }
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
