import type * as fs from 'node:fs';
import type * as fsPromises from 'node:fs/promises';
import type * as path from 'node:path';
import type * as stream from 'node:stream';
import type * as workerThreads from 'node:worker_threads';
import type * as zlib from 'node:zlib';
import { CantripError } from '@cantrip/errors';

/** The modules of Node that this package uses. */
interface NodeModules {
  readonly fs: typeof fs;
  readonly 'fs/promises': typeof fsPromises;
  readonly path: typeof path;
  readonly stream: typeof stream;
  readonly zlib: typeof zlib;
  readonly worker_threads: typeof workerThreads;
}

/**
 * Returns a module of Node. It is not imported, because bundlers for browsers would not find it.
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
    what: 'prefetch needs worker threads of Node, but this is not Node',
    fix: 'Set prefetch to 0 in a browser',
  });
}

function noFiles(): CantripError {
  return new CantripError('DATA_NOT_FOUND', {
    who: 'readIdx',
    what: 'IDX files can be read only in Node, but this is not Node',
    fix: 'In a browser, fetch the bytes and pass arrays to arrayDataset',
  });
}
