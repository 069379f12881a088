import { CantripError, checkArgument, functionCheck, optional, readOptions } from '@cantrip/errors';
import type { RandomStream } from './random-stream.ts';

interface Installed {
  readonly random: () => number;
  /** A refusal answers before any stream, also one that was installed later. */
  readonly refuses?: boolean;
  /** Whether it answers the code that asks; always, if absent. */
  readonly applies?: (() => boolean) | undefined;
}

export interface HostRandomOptions {
  /** Asked at every draw, whether this stream answers it; where it says no, the one that was installed before does. */
  readonly applies?: () => boolean;
}

// Undoing out of order must neither bring back a stream that was undone nor lose one that was not.
const installed: Installed[] = [];
let original: PropertyDescriptor | undefined;

/**
 * Replaces `Math.random` by a stream until the returned function is called.
 *
 * TensorFlow.js draws from `Math.random` on the host: initial weights, dropout, `tf.randomNormal` and
 * `tf.util.shuffle` without a seed. Several may be installed: the latest one that is not undone answers. The last
 * undo restores the property exactly as it was; a second call of one undo does nothing.
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

/** Asks at each draw who answers. */
function dispatcher(): () => number {
  const fallback = original!.value as () => number;
  return () => {
    const answering = latestOf(installed.filter(({ applies }) => applies?.() ?? true));
    return answering ? answering.random() : fallback();
  };
}

/**
 * Runs a synchronous function while `Math.random` draws from a stream, and restores `Math.random`, also when the
 * function throws.
 *
 * @returns what `run` returns
 * @throws CantripError HOOK_ASYNC if `run` returns a promise: what it does later would draw other numbers
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
      // The promise is given up; its failure must not end the process instead of this error.
      result.catch(() => undefined);
      throw new CantripError('HOOK_ASYNC', {
        who: 'withHostRandom',
        what: 'the function returned a promise',
        fix: 'Give a synchronous function, or draw from randomStream() instead of Math.random',
      });
    }
    return result;
  } finally {
    undo();
  }
}

/**
 * Runs a synchronous function while `Math.random` throws what `refusal` makes, whatever streams are installed.
 *
 * A step that is recorded once and replayed would repeat for ever the numbers that it drew on the host.
 *
 * @returns what `run` returns
 * @throws what `refusal` made, also where `run` caught it and went on
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
