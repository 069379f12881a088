import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { CantripError } from '@cantrip/errors';
import type { JobOrder } from './run-job.ts';
import type { RunRecord } from './run-record.ts';

/** A message from the child process to its parent. */
export type WorkerMessage =
  | { readonly progress: number }
  | { readonly record: RunRecord }
  | { readonly failure: string; readonly isCantrip: boolean };

export interface ChildOptions {
  /** The URL of the experiment's module. */
  readonly module: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Called with the share of the run that is done. */
  onProgress(share: number): void;
}

/** The time in milliseconds that a child has to end before it is killed. */
const patience = 3000;

/** The number of lines of its output that an error shows. */
const lastLines = 12;

/**
 * Trains one run in a child process.
 *
 * @throws CantripError ABLATION_FAILED with the child's message; if aborted, the signal's reason
 */
export async function trainInChild(order: JobOrder, options: ChildOptions): Promise<RunRecord> {
  const { signal, module } = options;
  signal.throwIfAborted();
  const child = start(order, options);
  const output = tailOf(child);
  const stop = (): void => end(child);
  signal.addEventListener('abort', stop);
  let message: WorkerMessage | undefined;
  child.on('message', (heard: WorkerMessage) => {
    if ('progress' in heard) options.onProgress(heard.progress);
    else message = heard;
  });
  try {
    const reason = await new Promise<string>((resolve) => {
      child.on('error', (error) => resolve(error.message));
      child.on('close', (code, killedBy) => resolve(killedBy ?? `exit code ${code}`));
    });
    signal.throwIfAborted();
    if (message !== undefined && 'record' in message) return message.record;
    throw failed(order, module, message === undefined ? `ended with ${reason}${output()}` : saying(message));
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function start(order: JobOrder, { module, environment }: ChildOptions): ChildProcess {
  const { path, execArgv } = program();
  return fork(path, [module, JSON.stringify(order)], {
    execArgv,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // In its own group it does not receive Ctrl-C. Otherwise its trainer would end the run early as if it were
    // complete.
    detached: process.platform !== 'win32',
  });
}

/** The built worker is beside the built index. From the sources, tsx runs it. */
function program(): { readonly path: string; readonly execArgv: string[] } {
  const built = fileURLToPath(new URL('./worker.js', import.meta.url));
  // A child cannot listen on the debugger port of its parent.
  const execArgv = process.execArgv.filter((option) => !option.startsWith('--inspect'));
  if (existsSync(built)) return { path: built, execArgv };
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  return {
    path: fileURLToPath(new URL('../worker.ts', import.meta.url)),
    execArgv: ['--conditions=@cantrip/source', `--import=${tsx}`],
  };
}

function end(child: ChildProcess): void {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), patience);
  child.once('close', () => clearTimeout(timer));
}

/** Keeps the last lines of a child's output. */
function tailOf({ stdout, stderr }: ChildProcess): () => string {
  let text = '';
  for (const stream of [stdout, stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => (text = (text + chunk).slice(-8000)));
  }
  return () => {
    const lines = text.trim().split('\n').slice(-lastLines).join('\n');
    return lines === '' ? '' : `; its last output was:\n${lines}\n`;
  };
}

function saying(message: WorkerMessage): string {
  return 'failure' in message ? `failed: ${message.failure.replace(/\.$/, '')}` : 'sent no message';
}

function failed({ tricks, seed }: JobOrder, module: string, what: string): CantripError {
  return new CantripError('ABLATION_FAILED', {
    who: 'ablate',
    what: `the run with ${tricks.join(', ') || 'no trick'} and seed ${seed} ${what}`,
    fix: `Correct ${fileURLToPath(module)} and start again; finished runs are stored`,
  });
}
