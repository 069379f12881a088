import { randomStream } from '@cantrip/ops';
import type { HostContext, Plugin, Run, State, StepEnd } from '@cantrip/trainer';

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

type Numbers = Partial<StepEnd['given'] & Record<'loss' | 'weight', number>>;

/** What `onStepEnd` is given beside this, after a step whose schedule hooks were given these numbers. */
export function stepEnd<S extends State>(
  plugin: Plugin<S, unknown>,
  context: HostContext<S>,
  { learningRate = 0.1, scalars = {}, loss = 0, weight = 8 }: Numbers,
): StepEnd {
  const rate = plugin.scheduleLearningRate!(learningRate, context);
  const answered = { learningRate: rate, scalars: plugin.scheduleScalars?.(scalars, context) ?? scalars };
  return {
    ...answered,
    given: { learningRate, scalars },
    answered,
    examples: 8,
    signature: '',
    milliseconds: 1,
    loss: () => Promise.resolve(loss),
    weight: () => Promise.resolve(weight),
    figures: () => Promise.resolve({ loss }),
  };
}
