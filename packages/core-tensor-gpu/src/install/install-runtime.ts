import { CantripError, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { damageOf, libraryIn } from '../native/library/find-library.ts';
import { findInstaller } from './installer.ts';
import { tidyCache } from '../runtime/files/work-folder.ts';
import { cudaRequirements, folderSize, keepLibrary } from './keep-library.ts';
import { makeReady } from './make-ready.ts';
import { probeDevice } from '../diagnosis/probe-device.ts';
import { checkRuntime } from '../runtime/manifest/check-runtime.ts';
import { defaultVersion, hasNvidiaDriver, runtimeFolder } from '../runtime/runtime-folder.ts';

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
  readonly folder: string;
  /** The library itself, as `CANTRIP_TENSORFLOW` would name it. */
  readonly library: string;
  /** Bytes on disk. */
  readonly bytes: number;
  /** Whether it was there already, and nothing was downloaded. */
  readonly alreadyThere: boolean;
}

const schema = v.strictObject({
  version: v.optional(
    v.pipe(v.string(), v.regex(/^\d+\.\d+\.\d+$/, 'must be a version like 2.21.0')),
    defaultVersion,
  ),
  cuda: v.optional(v.boolean(), false),
  log: v.optional(
    v.custom<(line: string) => void>((value) => typeof value === 'function', 'must be a function'),
    () => () => {},
  ),
});

/**
 * Gets libtensorflow with the user's own uv or pip into the cache folder, and proves it by training a step.
 *
 * Nothing half-written is left where it would be found: all is made ready in a folder beside the final one, which
 * is then renamed. A second install at the same time is harmless. A manifest tells size and SHA-256 of every file; what
 * is there already is compared with it, and installed anew where a byte differs.
 *
 * @throws CantripError RUNTIME_INSTALL where there is neither uv nor pip, where the download fails, where what was
 * downloaded can't train, and where CANTRIP_NO_INSTALL=1 forbids it
 * @example
 * ```ts
 * const { folder } = await installRuntime({ log: console.log });
 * folder; // /home/me/.cache/cantrip/tensorflow-2.21.0-cpu
 * ```
 */
export async function installRuntime(options: InstallRuntimeOptions = {}): Promise<InstalledRuntime> {
  const { version, cuda, log } = parseOptions('installRuntime', schema, options);
  const folder = runtimeFolder(version, cuda);
  tidyCache();
  const problem = await problemOf(folder);
  const alreadyThere = problem === undefined;
  if (alreadyThere) log(`TensorFlow ${version} is there already: ${folder}`);
  else {
    if (problem !== nothingThere) log(`What is there can't be used: ${problem}`);
    await install(folder, version, cuda, log);
  }
  return { version, cuda, folder, library: libraryIn(folder)!, bytes: folderSize(folder), alreadyThere };
}

async function install(
  folder: string,
  version: string,
  cuda: boolean,
  log: (line: string) => void,
): Promise<void> {
  checkAllowed();
  const { name, install } = await findInstaller();
  await makeReady(folder, {
    isWhole: async () => (await problemOf(folder)) === undefined,
    async fill(part) {
      log(
        `Getting TensorFlow ${version} with ${name}: ${cuda ? 'with the CUDA libraries several GB' : 'a download of about 270 MB'}`,
      );
      await install(part, [`${packageName(cuda)}==${version}`]);
      if (cuda) await install(part, cudaRequirements(part));
      keepLibrary(part);
      log(`Kept the library, ${megabytes(folderSize(part))} MB; training one step with it`);
      await prove(part, cuda);
    },
  });
  log(`TensorFlow ${version} is ready: ${folder}`);
}

const nothingThere = 'there is no library';

/** Why an install is needed: an install compares every byte, whatever an open would take for unchanged. */
async function problemOf(folder: string): Promise<string | undefined> {
  const { hasManifest, problem } = await checkRuntime(folder, { everyByte: true });
  if (problem !== undefined) return problem;
  const library = libraryIn(folder);
  if (library === undefined) return nothingThere;
  return hasManifest ? undefined : damageOf(library);
}

function checkAllowed(): void {
  if (process.env['CANTRIP_NO_INSTALL'] === '1') {
    throw failure(
      'CANTRIP_NO_INSTALL=1 forbids to install TensorFlow',
      'Unset it, or let CANTRIP_TENSORFLOW name a TensorFlow that is there',
    );
  }
  if (process.platform === 'win32') {
    throw failure(
      "TensorFlow's wheels for Windows hold no library that can be loaded",
      'Use WSL, or the device wasm',
    );
  }
}

/** The smaller package for the processor alone exists for Linux on x86 alone. */
function packageName(cuda: boolean): string {
  return !cuda && process.platform === 'linux' && process.arch === 'x64' ? 'tensorflow-cpu' : 'tensorflow';
}

async function prove(folder: string, cuda: boolean): Promise<void> {
  const library = libraryIn(folder);
  if (library === undefined) {
    throw failure(
      'the package that was downloaded holds no libtensorflow_cc',
      'Ask for another version, 2.15.0 or later',
    );
  }
  const finding = await probeDevice(cuda && hasNvidiaDriver() ? 'cuda' : 'tensorflow', {
    train: true,
    library,
  });
  if ('reason' in finding) {
    throw failure(
      `what was downloaded does not run: ${finding.reason}`,
      finding.fix ?? 'Ask for another version',
    );
  }
  const { before, after } = finding.step!;
  if (!(after < before))
    throw failure(`a training step took the loss from ${before} to ${after}`, 'Ask for another version');
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}

function failure(what: string, fix: string): CantripError {
  return new CantripError('RUNTIME_INSTALL', { who: 'installRuntime', what, fix });
}
