import { execFileSync } from 'node:child_process';

/** What this process holds of the card's memory, in MiB, as the driver tells it; undefined where there is no card. */
export function cardMemory(): number | undefined {
  try {
    const query = ['--query-compute-apps=pid,used_memory', '--format=csv,noheader,nounits'];
    const rows = execFileSync('nvidia-smi', query, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const used = rows.split('\n').map((row) => row.split(',').map(Number));
    // In a container the driver may know processes by other numbers: then the only one is this.
    const own = used.find(([pid]) => pid === process.pid) ?? (used.length === 2 ? used[0] : undefined);
    return own?.[1] ?? wholeCard();
  } catch {
    return undefined;
  }
}

function wholeCard(): number | undefined {
  const query = ['--query-gpu=memory.used', '--format=csv,noheader,nounits'];
  const used = Number(execFileSync('nvidia-smi', query, { encoding: 'utf8' }).split('\n')[0]);
  return Number.isFinite(used) ? used : undefined;
}
