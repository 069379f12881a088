import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { RunStart } from '../folder/run-info.ts';

const run = promisify(execFile);

/** The commit of the working folder, and whether tracked files differ from it; undefined without git or a repository. */
export async function gitCommit(cwd: string = process.cwd()): Promise<RunStart['git']> {
  const git = async (...args: readonly string[]): Promise<string> => {
    const env = { ...process.env, GIT_OPTIONAL_LOCKS: '0' };
    return (await run('git', args, { cwd, env, timeout: 3000, maxBuffer: 2 ** 26 })).stdout;
  };
  try {
    const commit = (await git('rev-parse', '--verify', 'HEAD')).trim();
    const changes = await git('status', '--porcelain', '--untracked-files=no').catch(() => undefined);
    return { commit, ...(changes !== undefined && { dirty: changes !== '' }) };
  } catch {
    return undefined;
  }
}
