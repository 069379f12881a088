import { randomStream } from '@cantrip/ops';
import type { Boundary } from './boundaries.ts';
import { inTrial, requireEqual, requireSignal, type Trial } from './trial.ts';
import { nameOf, type Way } from './way.ts';

/** One thing that happens to a run. `run` throws if the run does not survive it. */
export interface Case {
  /** The row of the table that counts it. */
  readonly group: string;
  readonly way: string;
  readonly name: string;
  run(): Promise<void>;
}

function caseOf(group: string, way: Way, name: string, run: (trial: Trial) => Promise<void>): Case {
  const { tricks = [] } = way;
  const few = tricks.length > 0 && tricks.length < 3;
  const words = [name, ...(few ? [`with ${tricks.join(' and ')}`] : [])].join(' ');
  return { group, way: nameOf(way), name: words, run: () => inTrial(way, run) };
}

/** Killed before and after each of these operations, then resumed. */
export function killsAt(group: string, way: Way, boundaries: readonly Boundary[]): readonly Case[] {
  return boundaries.flatMap(({ at, name }) =>
    // The moment after another operation is the one before the next.
    (name === 'rename' ? (['before', 'after'] as const) : (['before'] as const)).map((moment) =>
      caseOf(group, way, `SIGKILL ${moment} ${name}, operation ${at}`, async ({ start, finish }) => {
        requireSignal(await start({ inOrder: true, fault: { at, moment, what: 'SIGKILL' } }), 'SIGKILL');
        await finish();
      }),
    ),
  );
}

/** Killed at a random moment while it trains and writes to the disk. */
export function randomKills(group: string, way: Way, count: number): readonly Case[] {
  return Array.from({ length: count }, (_, seed) => {
    const random = randomStream({ seed, stream: 'kill' });
    const after = 1 + random.integer(14);
    const wait = random.uniform() * 2 * STEP;
    const name = `SIGKILL ${wait.toFixed(1)} ms after step ${after}, seed ${seed}`;
    return caseOf(group, way, name, async ({ start, finish }) => {
      await start({ pause: STEP }, { signal: { name: 'SIGKILL', after: `step ${after}\n`, wait } });
      await finish();
    });
  });
}

/** Milliseconds. Steps of a tiny network take less time than the disk; so they are made longer. */
const STEP = 15;

/** Killed in a hook of a step, then resumed. */
export function killedAtStep(group: string, way: Way, step: number): Case {
  return caseOf(group, way, `SIGKILL in step ${step}`, async ({ start, finish }) => {
    requireSignal(await start({ killAtStep: step }), 'SIGKILL');
    await finish();
  });
}

/** Killed at the same operation of each process, until there is none left to kill. */
export function repeatedKills(way: Way, at: number): Case {
  return caseOf(
    'killed again and again',
    way,
    `SIGKILL at operation ${at} of each process`,
    async (trial) => {
      for (let tries = 0; tries < 15; tries++) {
        const { signal } = await trial.start({ inOrder: true, fault: { at, what: 'SIGKILL' } });
        if (signal === null) break;
      }
      await trial.finish();
    },
  );
}

/** Killed while it resumes: at an operation of the second process. */
export function killsWhileResuming(way: Way, operations: readonly number[]): readonly Case[] {
  return operations.map((at) =>
    caseOf(
      'killed while it resumes',
      way,
      `SIGKILL at operation ${at} of the resuming process`,
      async (trial) => {
        requireSignal(await trial.start({ inOrder: true, killAtStep: 11 }), 'SIGKILL');
        requireSignal(await trial.start({ inOrder: true, fault: { at, what: 'SIGKILL' } }), 'SIGKILL');
        await trial.finish();
      },
    ),
  );
}

/** An operation fails, then the disk works again: the run goes on, says so, and its end is the same. */
export function failures(
  way: Way,
  boundaries: readonly Boundary[],
  codes: readonly string[],
): readonly Case[] {
  return codes.flatMap((what) =>
    boundaries.map(({ at, name }) =>
      caseOf(`${what} once`, way, `${what} at ${name}, operation ${at}`, async (trial) => {
        await endsEqual(trial, { at, what });
        await trial.finish();
      }),
    ),
  );
}

/** All operations of two saves fail, as in a folder that has become read-only. */
export function readOnlyFolder(way: Way, { at }: Boundary): Case {
  return caseOf('a folder that becomes read-only', way, `EROFS from operation ${at} on`, async (trial) => {
    const { failures: said } = await endsEqual(trial, { at, what: 'EROFS', count: 4 });
    if (!said.some((text) => text.includes('EROFS')))
      throw new Error(`EROFS is not reported: ${said.join()}`);
    await trial.finish();
  });
}

/** Writes that take a third of the bytes. */
export function shortWrites(way: Way, { at }: Boundary): Case {
  return caseOf('short writes', way, `from operation ${at} on`, async (trial) => {
    const { failures: said } = await endsEqual(trial, { at, what: 'short', count: 1000 });
    if (said.length > 0) throw new Error(`failed: ${said.join()}`);
    await trial.finish();
  });
}

type Ended = { readonly failures: readonly string[] };

async function endsEqual(trial: Trial, fault: { at: number; what: string; count?: number }): Promise<Ended> {
  const { code, output } = await trial.start({ inOrder: true, fault });
  const outcome = trial.outcome();
  if (code !== 0 || !outcome) throw new Error(`the run ended with ${code}: ${output.slice(-600)}`);
  requireEqual(outcome, trial.unbroken, ['names']);
  return outcome;
}

/** The clock goes back by an hour; then the run is killed. */
export function clockBack(way: Way): Case {
  return caseOf('a clock that goes back', way, 'by an hour at step 8, SIGKILL at step 13', async (trial) => {
    requireSignal(await trial.start({ inOrder: true, clockBackAt: 8, killAtStep: 13 }), 'SIGKILL');
    await trial.finish();
  });
}

/** Ctrl-C and what a batch system sends: saved once, the program ends with 128 + n, another one goes on. */
export function signals(way: Way): readonly Case[] {
  return (
    [
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const
  ).map(([name, wanted]) =>
    caseOf('a signal', way, `${name} after step 7`, async (trial) => {
      const ending = await trial.start({ inOrder: true, pause: 60 }, { signal: { name, after: 'step 7\n' } });
      const outcome = trial.outcome();
      if (ending.code !== wanted || outcome?.stopped !== name)
        throw new Error(`ended with ${ending.code ?? ending.signal}: ${ending.output.slice(-600)}`);
      await trial.finish();
    }),
  );
}

/** A hook takes all memory, and the process dies. */
export function outOfMemory(way: Way): Case {
  return caseOf('out of memory', way, 'in step 10', async (trial) => {
    const { code, output } = await trial.start({ inOrder: true, bombAtStep: 10 }, { heap: 200 });
    if (code === 0 || !output.includes('heap')) throw new Error(`ended with ${code}: ${output.slice(-600)}`);
    await trial.finish();
  });
}
