import type { LibrarySettings } from '@cantrip/core-tensor-gpu';

/** A way to run the step: environment variables for TensorFlow, and whether XLA compiles the step. */
export interface Alternative {
  readonly environment: Readonly<Record<string, string>>;
  readonly compile?: 'xla' | undefined;
}

/** TensorFlow's defaults. */
export const defaults: Alternative = { environment: {} };

/** What may be changed. A first child process with the defaults finds this. */
export interface Ground {
  readonly device: string;
  readonly settings: LibrarySettings;
  /** Variables that are already set; they are not changed. */
  readonly fixed: readonly string[];
  /** Whether XLA may compile the step, if it does not already. */
  readonly mayCompile: boolean;
}

/**
 * The alternatives that change one thing. On a processor: one thread in an op, half of the threads in an op (two threads
 * may share a core), no ops in parallel, and oneDNN. On a GPU: whether cuDNN's algorithms are measured. On both: XLA.
 */
export function singleChanges(ground: Ground): readonly Alternative[] {
  const { device, settings, mayCompile } = ground;
  const changes: Alternative[] = [];
  if (device === 'cuda') changes.push({ environment: { TF_CUDNN_USE_AUTOTUNE: '0' } });
  else changes.push(...threadChanges(settings), ...oneDnnChange(settings));
  if (mayCompile) changes.push({ environment: {}, compile: 'xla' });
  return changes.filter(({ environment }) =>
    Object.keys(environment).every((name) => !ground.fixed.includes(name)),
  );
}

function oneDnnChange({ oneDnn }: LibrarySettings): readonly Alternative[] {
  return oneDnn === undefined ? [] : [{ environment: { TF_ENABLE_ONEDNN_OPTS: oneDnn ? '0' : '1' } }];
}

function threadChanges({ intraOpThreads = 1, interOpThreads = 1 }: LibrarySettings): readonly Alternative[] {
  const intraOp = new Set([1, Math.ceil(intraOpThreads / 2)].filter((count) => count < intraOpThreads));
  return [
    ...[...intraOp].map((count) => ({ environment: { TF_NUM_INTRAOP_THREADS: `${count}` } })),
    ...(interOpThreads > 1 ? [{ environment: { TF_NUM_INTEROP_THREADS: '1' } }] : []),
  ];
}

/** Combines two alternatives. If they differ, the first one wins. */
export function combine(first: Alternative, second: Alternative): Alternative {
  const compile = first.compile ?? second.compile;
  return {
    environment: { ...second.environment, ...first.environment },
    ...(compile !== undefined && { compile }),
  };
}

/** Describes an alternative in messages: `TF_ENABLE_ONEDNN_OPTS=1 with XLA`. */
export function inWords({ environment, compile }: Alternative): string {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const words = [variables.join(' '), compile === undefined ? '' : 'XLA'].filter((word) => word !== '');
  return words.join(' with ') || "TensorFlow's defaults";
}
