import { Session } from 'node:inspector/promises';

/** A function in a source file. */
export interface Watched {
  readonly file: string;
  readonly functionName: string;
}

/**
 * The time within functions while `work` runs, with what they call, as a share of the whole. Samples of V8's profiler
 * tell it, every 50 microseconds.
 */
export async function timeWithin<Name extends string>(
  work: () => Promise<unknown>,
  watched: Readonly<Record<Name, Watched>>,
): Promise<Record<Name, number>> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 50 });
  await session.post('Profiler.start');
  await work();
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  const parents = new Map(
    profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])),
  );
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
  const total = profile.samples!.length;
  const shareOf = ({ file, functionName }: Watched): number => {
    const inside = new Set(
      profile.nodes
        .filter(({ callFrame }) => callFrame.functionName === functionName && callFrame.url.endsWith(file))
        .map(({ id }) => id),
    );
    const isWithin = (id: number | undefined): boolean =>
      id !== undefined && frames.has(id) && (inside.has(id) || isWithin(parents.get(id)));
    return profile.samples!.filter(isWithin).length / total;
  };
  return Object.fromEntries(
    Object.entries<Watched>(watched).map(([name, one]) => [name, shareOf(one)]),
  ) as Record<Name, number>;
}
