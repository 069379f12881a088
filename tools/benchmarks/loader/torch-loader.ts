import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { benchPython } from '../step/contenders/peers-environment.ts';

/** What both sides read, and how. */
export interface Loading {
  readonly folder: string;
  /** Of the square images. */
  readonly size: number;
  readonly padding: number;
  readonly mean: number;
  readonly deviation: number;
  readonly batchSize: number;
  /** Processes of the DataLoader. */
  readonly workers: number;
}

/** A Python process with a DataLoader. */
export interface TorchLoader {
  readonly versions: Readonly<Record<string, string>>;
  /** Reads the folder once; gives the milliseconds. */
  epoch(): Promise<number>;
  end(): void;
}

export async function startTorchLoader(loading: Loading): Promise<TorchLoader> {
  const program = fileURLToPath(new URL('torch_loader.py', import.meta.url));
  const child = spawn(benchPython(), [program, JSON.stringify(loading)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.on('error', (error) => {
    throw new Error('Install the peers with `npm run bench:install`', { cause: error });
  });
  const lines = createInterface({ input: child.stdout });
  const answer = async (): Promise<Record<string, unknown>> => {
    const [line] = (await once(lines, 'line')) as [string];
    return JSON.parse(line) as Record<string, unknown>;
  };
  const { versions } = await answer();
  return {
    versions: versions as TorchLoader['versions'],
    async epoch() {
      const answered = answer();
      child.stdin.write('\n');
      return (await answered)['milliseconds'] as number;
    },
    end: () => child.stdin.end(),
  };
}
