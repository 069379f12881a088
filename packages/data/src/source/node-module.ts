import type * as fs from 'node:fs';
import type * as fsPromises from 'node:fs/promises';
import type * as path from 'node:path';
import type * as stream from 'node:stream';
import type * as workerThreads from 'node:worker_threads';
import type * as zlib from 'node:zlib';
import { CantripError } from '@cantrip/errors';

/** Node's modules that this package uses. */
interface NodeModules {
  readonly fs: typeof fs;
  readonly 'fs/promises': typeof fsPromises;
  readonly path: typeof path;
  readonly stream: typeof stream;
  readonly zlib: typeof zlib;
  readonly worker_threads: typeof workerThreads;
}

/**
 * One of Node's modules. It is not imported, because a bundler for browsers would not find it.
 *
 * @throws CantripError DATA_WORKER or DATA_NOT_FOUND in a browser
 */
export function nodeModule<Name extends keyof NodeModules>(name: Name): NodeModules[Name] {
  const found = globalThis.process?.getBuiltinModule?.(`node:${name}`) as unknown as
    NodeModules[Name] | undefined;
  if (found) return found;
  throw name === 'worker_threads' ? noWorkers() : noFiles();
}

function noWorkers(): CantripError {
  return new CantripError('DATA_WORKER', {
    who: 'arrayDataset',
    what: 'prefetch prepares batches in a worker thread of Node, and this is no Node',
    fix: 'Set prefetch to 0 in a browser',
  });
}

function noFiles(): CantripError {
  return new CantripError('DATA_NOT_FOUND', {
    who: 'readIdx',
    what: 'IDX files can be read in Node alone, and this is no Node',
    fix: 'In a browser fetch the bytes and give arrays to arrayDataset',
  });
}
