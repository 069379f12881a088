import { readFileSync } from 'node:fs';

/** Ticks a second, which Linux gives processes everywhere that Node runs. */
const TICKS = 100;

/** Who works although it is not its turn takes the others' cores: so much of one core is let pass. */
const MOST_BUSY = 0.02;

/** Watches that processes rest between their turns, where the system tells (Linux). */
export interface IdleCheck {
  /** Does the work of a turn; what the process does until its next turn counts as rest. */
  duringTurn<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** @throws Error naming those that were busy */
  requireIdle(): void;
}

interface Rest {
  seconds: number;
  busy: number;
  since?: { readonly time: number; readonly busy: number };
}

export function idleCheck(pids: Readonly<Record<string, number>>): IdleCheck {
  const rests = new Map<string, Rest>(Object.keys(pids).map((name) => [name, { seconds: 0, busy: 0 }]));
  return {
    duringTurn: async (name, work) => {
      const rest = rests.get(name)!;
      const [pid, time] = [pids[name]!, performance.now() / 1000];
      if (rest.since) {
        rest.seconds += time - rest.since.time;
        rest.busy += processorSeconds(pid) - rest.since.busy;
      }
      const result = await work();
      rest.since = { time: performance.now() / 1000, busy: processorSeconds(pid) };
      return result;
    },
    requireIdle: () => {
      const busy = [...rests].filter(([, rest]) => rest.seconds > 1 && rest.busy / rest.seconds > MOST_BUSY);
      if (busy.length === 0) return;
      const list = busy.map(([name, rest]) => `${name} ${Math.round((100 * rest.busy) / rest.seconds)} %`);
      throw new Error(`These kept a core busy while it was the others' turn: ${list.join(', ')}.`);
    },
  };
}

/** What a process has used of all cores, in seconds; 0 where the system does not tell. */
function processorSeconds(pid: number): number {
  try {
    // The second field, the program's name in parentheses, may hold spaces.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS;
  } catch {
    return 0;
  }
}
