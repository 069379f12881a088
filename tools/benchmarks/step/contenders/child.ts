import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Command } from './contender-command.ts';

/** A contender's process, which waits for requests. */
export interface Child {
  readonly pid: number;
  readonly versions: Readonly<Record<string, string>>;
  /** Sends a request and waits for its answer. */
  request(request: Request): Promise<Answer>;
  close(): Promise<void>;
}

export interface Request {
  readonly cmd: 'first_step' | 'losses' | 'steps' | 'epoch' | 'product' | 'memory' | 'exit';
  readonly count?: number;
}

export interface Answer {
  readonly milliseconds?: number;
  readonly losses?: readonly number[];
  readonly bytes?: number;
  readonly versions?: Readonly<Record<string, string>>;
}

/** Of what a contender said on standard error, so much is shown when it fails. */
const SHOWN = 3000;

/** None outlives this process, however it ends. */
const running = new Set<ChildProcessWithoutNullStreams>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts a contender and waits until its model stands. */
export async function startChild(name: string, { command, args, environment }: Command): Promise<Child> {
  const child = spawn(command, args, { env: { ...process.env, ...environment } });
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => (complaints = (complaints + chunk.toString()).slice(-SHOWN)));
  const ended = new Promise<never>((_, reject) => {
    child.on('error', (error) => reject(new Error(`${name} did not start: ${error.message}`)));
    child.on('close', (code) => reject(new Error(`${name} ended with ${code}.\n${complaints}`)));
  });
  // It ends at the latest when it is told to, and then nobody waits.
  ended.catch(() => undefined);
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<Answer> => {
    const line = await Promise.race([answers.next(), ended]);
    if (line.done) return await ended;
    return JSON.parse(line.value) as Answer;
  };
  running.add(child);
  const { versions = {} } = await next();
  return {
    pid: child.pid!,
    versions,
    request: (request) => {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      return next();
    },
    close: async () => {
      running.delete(child);
      await end(child);
    },
  };
}

async function end(child: ChildProcessWithoutNullStreams): Promise<void> {
  if (child.exitCode !== null) return;
  const closed = once(child, 'close');
  child.stdin.write(`${JSON.stringify({ cmd: 'exit' })}\n`);
  const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
  await closed;
  clearTimeout(timer);
}
