import { openedLibrary } from '../../../packages/core-tensor-gpu/src/native/library/open-library.ts';

type Native = (...given: unknown[]) => unknown;
type Callback = (error: unknown) => void;

/** The parts of the native library that are watched. */
interface Watched {
  name: (text: string) => unknown;
  readonly api: { newOp: Native; execute: Native & { readonly async: Native } };
}

/** The time that TensorFlow has spent in captured steps. */
export interface ReplayClock {
  /** The milliseconds since the last call. */
  take(): number;
}

/** Watches the library's calls of captured functions, synchronous ones and those on another thread. */
export function replayClock(): ReplayClock {
  const library = openedLibrary() as unknown as Watched;
  const { api } = library;
  const [names, ops] = [new Set<unknown>(), new Set<unknown>()];
  const { name } = library;
  const { newOp, execute } = api;
  let spent = 0;
  const counted = (op: unknown): (() => void) => {
    if (!ops.delete(op)) return () => undefined;
    const started = performance.now();
    return () => void (spent += performance.now() - started);
  };
  library.name = (text) => {
    const pointer = name(text);
    if (text.startsWith('cantrip_step_')) names.add(pointer);
    return pointer;
  };
  api.newOp = (context, pointer, status) => {
    const op = newOp(context, pointer, status);
    if (names.has(pointer)) ops.add(op);
    return op;
  };
  const inThread: Native = (...given) => {
    const done = counted(given[0]);
    const call = given.pop() as Callback;
    return execute.async(...given, (error: unknown) => {
      done();
      call(error);
    });
  };
  const direct: Native = (...given) => {
    const done = counted(given[0]);
    try {
      return execute(...given);
    } finally {
      done();
    }
  };
  api.execute = Object.assign(direct, { async: inThread });
  return {
    take() {
      const milliseconds = spent;
      spent = 0;
      return milliseconds;
    },
  };
}
