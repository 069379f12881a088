import { installHostRandom, randomStream } from '@cantrip/ops';

/** What stands behind a seeded `Math.random`. */
export interface HostGenerator {
  seed: number;
  /** Counted here at each draw; whoever sets it moves the generator. */
  readonly position: { draws: number };
  readonly applies?: (() => boolean) | undefined;
}

const installed: HostGenerator[] = [];

/** Lets `Math.random` draw from a generator, until it is undone. The latest one that applies answers. */
export function installGenerator(generator: HostGenerator): () => void {
  const { applies } = generator;
  const uninstall = installHostRandom({ uniform: drawer(generator) }, applies ? { applies } : {});
  installed.push(generator);
  return () => {
    uninstall();
    const index = installed.indexOf(generator);
    if (index !== -1) installed.splice(index, 1);
  };
}

/** The generator that answers whoever calls this. */
export function currentGenerator(): HostGenerator | undefined {
  return installed.findLast(({ applies }) => applies?.() ?? true);
}

function drawer(generator: HostGenerator): () => number {
  let stream = streamAt(generator);
  let { seed } = generator;
  let next = generator.position.draws;
  return () => {
    if (generator.position.draws !== next || generator.seed !== seed) {
      stream = streamAt(generator);
      ({ seed } = generator);
    }
    next = ++generator.position.draws;
    return stream.uniform();
  };
}

/** A uniform number takes two words. */
function streamAt({ seed, position }: HostGenerator): ReturnType<typeof randomStream> {
  return randomStream({ seed, stream: 'seed-everything' }, { words: 2 * position.draws });
}
