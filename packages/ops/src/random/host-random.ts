import { CantripError, checkArgument, functionCheck, optional, readOptions } from '@cantrip/errors';
import type { RandomStream } from './random-stream.ts';

interface Installed {
  readonly random: () => number;
  /** Whether drawing throws. Such an entry takes precedence over all streams, also over those installed later. */
  readonly refuses?: boolean;
  /** Whether this entry applies to the code that draws now; always, if missing. */
  readonly applies?: (() => boolean) | undefined;
}

export interface HostRandomOptions {
  /** Read at every draw: whether this stream applies. If not, the stream that was installed before is used. */
  readonly applies?: () => boolean;
}

// An undo in any order removes exactly one stream: it restores no removed stream and loses no active one.
const installed: Installed[] = [];
let original: PropertyDescriptor | undefined;

/**
 * Replaces `Math.random` by a stream until the returned function is called.
 *
 * TensorFlow.js calls `Math.random` on the host for initial weights, dropout, `tf.randomNormal` and
 * `tf.util.shuffle` without a seed. Several streams may be installed; the latest active one is used. The last undo
 * restores the original property exactly. A second call of the same undo does nothing.
 *
 * @example
 * ```ts
 * const undo = installHostRandom(randomStream({ seed: 42, stream: 'host' }));
 * Math.random(); // 0.7207797545405448
 * undo();
 * ```
 */
export function installHostRandom(
  stream: Pick<RandomStream, 'uniform'>,
  options: HostRandomOptions = {},
): () => void {
  checkStream('installHostRandom', stream);
  const { applies } = readOptions('installHostRandom', { applies: optional(functionCheck) }, options);
  return install({ random: () => stream.uniform(), applies: applies as HostRandomOptions['applies'] });
}

function checkStream(who: string, stream: unknown): void {
  const { uniform } = (stream ?? {}) as Partial<RandomStream>;
  const complaint = typeof uniform === 'function' ? undefined : 'must be what randomStream() gives';
  checkArgument(who, 'stream', () => complaint, stream);
}

function install(mine: Installed): () => void {
  original ??= Object.getOwnPropertyDescriptor(Math, 'random');
  installed.push(mine);
  answerWithLatest();
  return () => {
    const index = installed.indexOf(mine);
    if (index === -1) return;
    installed.splice(index, 1);
    answerWithLatest();
  };
}

function answerWithLatest(): void {
  if (installed.length === 0) {
    Object.defineProperty(Math, 'random', original!);
    original = undefined;
    return;
  }
  const latest = latestOf(installed)!;
  const random = installed.some(({ applies }) => applies) ? dispatcher() : latest.random;
  Object.defineProperty(Math, 'random', { ...original, value: random });
}

const latestOf = (candidates: readonly Installed[]): Installed | undefined =>
  candidates.findLast(({ refuses }) => refuses) ?? candidates.at(-1);

/** Chooses the stream at each draw. */
function dispatcher(): () => number {
  const fallback = original!.value as () => number;
  return () => {
    const answering = latestOf(installed.filter(({ applies }) => applies?.() ?? true));
    return answering ? answering.random() : fallback();
  };
}

/**
 * Runs a synchronous function with `Math.random` replaced by a stream. `Math.random` is restored afterwards, also if
 * the function throws.
 *
 * @returns the result of `run`
 * @throws CantripError HOOK_ASYNC if `run` returns a promise: code that runs later would draw other numbers
 * @example
 * ```ts
 * const stream = randomStream({ seed: 42, stream: 'model' });
 * const weights = withHostRandom(stream, () => tf.randomNormal([2, 3])); // the same in every process
 * ```
 */
export function withHostRandom<T>(stream: Pick<RandomStream, 'uniform'>, run: () => T): T {
  checkStream('withHostRandom', stream);
  checkArgument('withHostRandom', 'run', functionCheck, run);
  const undo = installHostRandom(stream);
  try {
    const result = run();
    if (result instanceof Promise) {
      // The promise is ignored. If it rejects, that must not end the process instead of this error.
      result.catch(() => undefined);
      throw new CantripError('HOOK_ASYNC', {
        who: 'withHostRandom',
        what: 'the function returned a promise',
        fix: 'Pass a synchronous function, or draw from randomStream() instead of Math.random',
      });
    }
    return result;
  } finally {
    undo();
  }
}

/**
 * Runs a synchronous function with a `Math.random` that throws the error of `refusal`, whatever streams are
 * installed.
 *
 * This is for a step that is recorded once and replayed: it would repeat the host's random numbers at every call.
 *
 * @returns the result of `run`
 * @throws the error of `refusal`, also if `run` caught it and continued
 * @example
 * ```ts
 * refuseHostRandom(() => new Error('no'), () => tf.dropout(tf.ones([4]), 0.5)); // Error: no
 * ```
 */
export function refuseHostRandom<T>(refusal: () => Error, run: () => T): T {
  checkArgument('refuseHostRandom', 'refusal', functionCheck, refusal);
  checkArgument('refuseHostRandom', 'run', functionCheck, run);
  let refused: Error | undefined;
  const random = (): never => {
    throw (refused ??= refusal());
  };
  const undo = install({ random, refuses: true });
  try {
    const result = run();
    if (refused) throw refused as Error;
    return result;
  } finally {
    undo();
  }
}
