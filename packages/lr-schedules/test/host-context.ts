import { randomStream } from '@cantrip/ops';
import type { HostContext, Run, State } from '@cantrip/trainer';

/** What a host hook is given at a step of a run of two epochs of three steps, unless something else is said. */
export function hostContext<S extends State, L = unknown>(
  state: S,
  { log = () => undefined, ...clock }: Partial<HostContext<S, L>> & Partial<Pick<Run, 'log'>> = {},
): HostContext<S, L> {
  const given = { step: 0, batch: 0, epoch: 0, epochs: 2, stepsPerEpoch: 3, ...clock };
  const run = { log, plugins: [] as Run['plugins'] } as Run;
  const totalSteps = given.epochs * given.stepsPerEpoch;
  const random = (stream: string): ReturnType<typeof randomStream> => randomStream({ seed: 0, stream });
  return { run, state, random, totalSteps, locals: undefined as L, ownVariables: {}, ...given };
}
