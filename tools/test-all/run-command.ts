import { spawn } from 'node:child_process';

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Minutes after which it is stopped, with everything that it started. */
  readonly limit?: number;
  /** Keeps its output back: for good, or until it ends, so that the output of two commands does not mix. */
  readonly quiet?: boolean | 'until it ends';
  /** Is told the process, which leads the group of all that it starts. */
  readonly started?: (pid: number) => void;
}

export interface CommandResult {
  /** The exit code; 1 too when it was stopped or did not start. */
  readonly code: number;
  /** What it printed, both streams together. */
  readonly output: string;
}

/** Runs a command, printing what it prints, and never asks anything. */
export async function runCommand(
  command: string,
  args: readonly string[],
  { cwd, env = {}, limit = 40, quiet = false, started }: CommandOptions = {},
): Promise<CommandResult> {
  return await new Promise((resolve) => {
    // A group of its own, so that what it started ends with it.
    const child = spawn(command, args, {
      ...(cwd !== undefined && { cwd }),
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      shell: process.platform === 'win32',
    });
    if (child.pid !== undefined) started?.(child.pid);
    let output = '';
    const take = (chunk: Buffer): void => {
      output += chunk.toString();
      if (quiet === false) process.stdout.write(chunk);
    };
    const note = (text: string): void => take(Buffer.from(`${text}\n`));
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    const timer = setTimeout(() => {
      note(`stopped: it ran longer than ${limit} minutes`);
      stopGroup(child.pid);
    }, limit * 60_000);
    child.on('error', (error) => note(`${command} did not start: ${error.message}`));
    child.on('close', (code) => {
      clearTimeout(timer);
      if (quiet === 'until it ends') process.stdout.write(output);
      resolve({ code: code ?? 1, output });
    });
  });
}

function stopGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // It has just ended by itself.
  }
}
