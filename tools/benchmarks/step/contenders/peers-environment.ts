import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Contender } from './contenders.ts';

/** Where `npm run bench:install` puts the peers. */
export function environmentFolder(): string {
  return process.env['CANTRIP_BENCH_ENVIRONMENT'] ?? join(homedir(), '.cache', 'cantrip', 'bench-python');
}

/** The Python that has the peers: CANTRIP_BENCH_PYTHON, or the one of our own environment. */
export function benchPython(): string {
  return process.env['CANTRIP_BENCH_PYTHON'] ?? join(environmentFolder(), 'bin', 'python');
}

/** Says how to get the peers where some are asked for and there is no Python for them. */
export function requirePeers(chosen: readonly Contender[]): void {
  const peers = chosen.filter(({ file }) => file.endsWith('.py'));
  if (peers.length === 0 || existsSync(benchPython())) return;
  throw new Error(
    `There is no ${benchPython()} for ${[...new Set(peers.map(({ name }) => name))].join(', ')}. ` +
      'Install the peers with `npm run bench:install`, name a Python that has them in CANTRIP_BENCH_PYTHON, ' +
      'or leave them out with `--only cantrip,tfjs`.',
  );
}
