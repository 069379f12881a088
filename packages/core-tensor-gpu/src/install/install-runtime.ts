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
  /** The version of TensorFlow; 2.21.0 by default. */
  readonly version?: string;
  /** Whether to install NVIDIA's libraries for a GPU; false by default. */
  readonly cuda?: boolean;
  /** Called with each line of progress; not called by default. */
  readonly log?: (line: string) => void;
}

/** The result of {@link installRuntime}. */
export interface InstalledRuntime {
  readonly version: string;
  readonly cuda: boolean;
  readonly folder: string;
  /** The path of the library, in the form of `CANTRIP_TENSORFLOW`. */
  readonly library: string;
  /** The size on disk, in bytes. */
  readonly bytes: number;
  /** Whether it was installed already, and nothing was downloaded. */
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
 * Installs libtensorflow into the cache folder with the user's own uv or pip, and trains one step as a test.
 *
 * Everything is prepared in a temporary folder, which is then renamed, so an aborted install leaves no broken
 * runtime. Two installs at the same time are safe. A manifest stores the size and SHA-256 of every file. An existing
 * runtime is compared with it, and installed again if a byte differs.
 *
 * @throws CantripError RUNTIME_INSTALL if there is neither uv nor pip, the download fails, the downloaded library
 *   cannot train, or CANTRIP_NO_INSTALL=1 is set
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
  if (alreadyThere) log(`TensorFlow ${version} is already installed: ${folder}`);
  else {
    if (problem !== nothingThere) log(`The installed runtime cannot be used: ${problem}`);
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
        `Downloading TensorFlow ${version} with ${name}: ${cuda ? 'several GB with the CUDA libraries' : 'about 270 MB'}`,
      );
      await install(part, [`${packageName(cuda)}==${version}`]);
      if (cuda) await install(part, cudaRequirements(part));
      keepLibrary(part);
      log(`Kept the library, ${megabytes(folderSize(part))} MB. Training one step as a test`);
      await prove(part, cuda);
    },
  });
  log(`TensorFlow ${version} is ready: ${folder}`);
}

const nothingThere = 'there is no library';

/** Why an install is needed. An install compares every byte, even if opening would treat the file as unchanged. */
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
      'CANTRIP_NO_INSTALL=1 forbids installing TensorFlow',
      'Unset it, or set CANTRIP_TENSORFLOW to the path of an existing TensorFlow',
    );
  }
  if (process.platform === 'win32') {
    throw failure(
      "TensorFlow's wheels for Windows contain no library that can be loaded",
      'Use WSL, or the device wasm',
    );
  }
}

/** The smaller package without GPU support exists only for Linux on x86. */
function packageName(cuda: boolean): string {
  return !cuda && process.platform === 'linux' && process.arch === 'x64' ? 'tensorflow-cpu' : 'tensorflow';
}

async function prove(folder: string, cuda: boolean): Promise<void> {
  const library = libraryIn(folder);
  if (library === undefined) {
    throw failure(
      'the downloaded package contains no libtensorflow_cc',
      'Pass another version, 2.15.0 or later',
    );
  }
  const finding = await probeDevice(cuda && hasNvidiaDriver() ? 'cuda' : 'tensorflow', {
    train: true,
    library,
  });
  if ('reason' in finding) {
    throw failure(
      `the downloaded library does not run: ${finding.reason}`,
      finding.fix ?? 'Pass another version, 2.15.0 or later',
    );
  }
  const { before, after } = finding.step!;
  if (!(after < before))
    throw failure(
      `a training step changed the loss from ${before} to ${after}`,
      'Pass another version, 2.15.0 or later',
    );
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}

function failure(what: string, fix: string): CantripError {
  return new CantripError('RUNTIME_INSTALL', { who: 'installRuntime', what, fix });
}
