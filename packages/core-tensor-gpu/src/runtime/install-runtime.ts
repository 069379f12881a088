import { CantripError } from '@cantrip/errors';

export interface InstallRuntimeOptions {
  /** The version of TensorFlow, 2.21.0 by default. */
  readonly version?: string;
  /** With NVIDIA's libraries, for a GPU. */
  readonly cuda?: boolean;
  /** Where the progress goes, line by line; nowhere by default. */
  readonly log?: (line: string) => void;
}

/** What {@link installRuntime} left behind. */
export interface InstalledRuntime {
  readonly version: string;
  readonly cuda: boolean;
  /** The folder. */
  readonly folder: string;
  /** The library itself, as `CANTRIP_TENSORFLOW` would name it. */
  readonly library: string;
  /** Bytes on disk. */
  readonly bytes: number;
  /** Whether it was there already, and nothing was downloaded. */
  readonly alreadyThere: boolean;
}

/** Gets libtensorflow with the user's own `uv` or `pip` into the cache folder and proves it by training a step. */
export function installRuntime(_options: InstallRuntimeOptions = {}): Promise<InstalledRuntime> {
  return Promise.reject(
    new CantripError('RUNTIME_INSTALL', {
      who: 'installRuntime',
      what: 'installing is not written yet',
      fix: 'Set CANTRIP_TENSORFLOW to a libtensorflow_cc.so.2',
    }),
  );
}
