import { installHostRandom, randomStream } from '@cantrip/ops';

/** The generator of a seeded `Math.random`. */
export interface HostGenerator {
  seed: number;
  /** The number of draws so far. Set it to move the generator. */
  readonly position: { draws: number };
  readonly applies?: (() => boolean) | undefined;
}

const installed: HostGenerator[] = [];

/**
 * Makes `Math.random` use a generator, until the returned function is called. If there are several, the latest one
 * that applies is used.
 */
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

/** The generator that applies to the calling code. */
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

/** A uniform number uses two words. */
function streamAt({ seed, position }: HostGenerator): ReturnType<typeof randomStream> {
  return randomStream({ seed, stream: 'seed-everything' }, { words: 2 * position.draws });
}
