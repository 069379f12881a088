import { CantripError } from '@cantrip/errors';
import koffi, { type LibraryHandle } from 'koffi';
import { environmentIsRead } from '../../device/environment.ts';
import { bindCApi, type Pointer } from '../api/c-api.ts';
import { bindGraphApi } from '../api/graph-api.ts';
import { identifyFile } from './identify-file.ts';
import { loaderMessage, loadForGood } from '../api/load-shared.ts';
import type { NativeLibrary } from '../api/native-library.ts';

let opened: NativeLibrary | undefined;

/** The library that this process has loaded; undefined if none. A process can load only one, and cannot unload it. */
export function openedLibrary(): NativeLibrary | undefined {
  return opened;
}

/**
 * Loads TensorFlow's library into the process.
 *
 * @throws CantripError LIBRARY_FOREIGN if the file is not a usable TensorFlow library
 */
export function openLibrary(path: string): NativeLibrary {
  opened ??= nativeLibrary(path, loadTensorFlow(path));
  return opened;
}

function loadTensorFlow(path: string): LibraryHandle {
  try {
    environmentIsRead();
    return loadForGood(path);
  } catch (cause) {
    throw foreign(path, `${identifyFile(path)}, which does not load: ${loaderMessage(cause)}`, cause);
  }
}

function nativeLibrary(path: string, library: LibraryHandle): NativeLibrary {
  const version = versionOf(path, library);
  const memcpy = koffi.load(null).func('memcpy', 'void *', ['void *', 'void *', 'size_t']);
  try {
    const api = bindCApi(library);
    return {
      path,
      version,
      builtWithCuda: builtWithCuda(library),
      api,
      graph: bindGraphApi(library),
      status: api.newStatus(),
      copyIn: memcpy,
      copyOut: memcpy,
      address: koffi.address,
      name: permanentStrings((pointer, bytes) => void memcpy(pointer, bytes, bytes.length)),
    };
  } catch (cause) {
    const what = `TensorFlow ${version}, which lacks a required function: ${loaderMessage(cause)}`;
    throw foreign(path, what, cause);
  }
}

function versionOf(path: string, library: LibraryHandle): string {
  try {
    return library.func('TF_Version', 'const char *', [])() as string;
  } catch (cause) {
    throw foreign(path, `${identifyFile(path)} without TensorFlow's C API`, cause);
  }
}

/** Not part of the C API. If it is missing, the list of TensorFlow's devices decides. */
function builtWithCuda(library: LibraryHandle): boolean {
  try {
    return Boolean(library.func('_ZN10tensorflow19IsGoogleCudaEnabledEv', 'bool', [])());
  } catch {
    return true;
  }
}

function permanentStrings(copy: (target: Pointer, bytes: Uint8Array) => void): (text: string) => Pointer {
  const known = new Map<string, Pointer>();
  return (text) => {
    let pointer = known.get(text);
    if (pointer === undefined) {
      const bytes = Buffer.from(`${text}\0`);
      pointer = koffi.alloc('char', bytes.length) as Pointer;
      copy(pointer, bytes);
      known.set(text, pointer);
    }
    return pointer;
  };
}

function foreign(path: string, what: string, cause: unknown): CantripError {
  return new CantripError('LIBRARY_FOREIGN', {
    who: 'tensorflow',
    what: `${path} is ${what}`,
    fix: 'Set CANTRIP_TENSORFLOW to a libtensorflow_cc.so.2 of TensorFlow 2.15 or later for this machine, or unset it',
    cause,
  });
}
