import { type Profiler, Session } from 'node:inspector/promises';

/**
 * The share of the main thread's time that some code takes with all it calls, by V8's profiler: far finer than the difference of two
 * times on a machine that others use too.
 *
 * @param isOf - whether a function is of that code
 */
export async function shareOfTime(
  work: () => Promise<unknown>,
  isOf: (frame: Profiler.ProfileNode['callFrame']) => boolean,
): Promise<number> {
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: 100 });
    await session.post('Profiler.start');
    await work();
    return shareIn((await session.post('Profiler.stop')).profile, isOf);
  } finally {
    session.disconnect();
  }
}

function shareIn(
  { nodes, samples, timeDeltas }: Profiler.Profile,
  isOf: (frame: Profiler.ProfileNode['callFrame']) => boolean,
): number {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const inside = new Set<number>();
  // A node comes before its children.
  for (const { id, callFrame, children = [] } of nodes) {
    if (isOf(callFrame)) inside.add(id);
    if (inside.has(id)) for (const child of children) if (byId.has(child)) inside.add(child);
  }
  let [of, all] = [0, 0];
  for (const [at, id] of samples!.entries()) {
    all += timeDeltas![at]!;
    if (inside.has(id)) of += timeDeltas![at]!;
  }
  return of / all;
}
