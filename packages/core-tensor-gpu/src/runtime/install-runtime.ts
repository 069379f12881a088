import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CantripError, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { ownerIsGone, ownerTag } from '@cantrip/file-lock';
import { damageOf, libraryAt } from '../native/find-library.ts';
import { findInstaller } from './installer.ts';
import { cudaRequirements, folderSize, keepLibrary } from './keep-library.ts';
import { probeDevice } from './probe-device.ts';
import { cannotWrite, defaultVersion, hasNvidiaDriver, runtimeFolder } from './runtime-folder.ts';

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
 * is then renamed. A second install at the same time is harmless.
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
  const alreadyThere = isWhole(folder);
  if (alreadyThere) log(`TensorFlow ${version} is there already: ${folder}`);
  else await makeReady(folder, version, cuda, log);
  return { version, cuda, folder, library: libraryAt(folder)!, bytes: folderSize(folder), alreadyThere };
}

async function makeReady(
  folder: string,
  version: string,
  cuda: boolean,
  log: (line: string) => void,
): Promise<void> {
  checkAllowed();
  const { name, install } = await findInstaller();
  const part = beginPart(folder);
  try {
    log(
      `Getting TensorFlow ${version} with ${name}: ${cuda ? 'with the CUDA libraries several GB' : 'a download of about 270 MB'}`,
    );
    await install(part, [`${packageName(cuda)}==${version}`]);
    if (cuda) await install(part, cudaRequirements(part));
    keepLibrary(part);
    log(`Kept the library, ${megabytes(folderSize(part))} MB; training one step with it`);
    await prove(part, cuda);
    // What was damaged there goes; where another install was quicker, its folder stays.
    if (!isWhole(folder)) rmSync(folder, { recursive: true, force: true });
    moveIntoPlace(part, folder);
    log(`TensorFlow ${version} is ready: ${folder}`);
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
}

function isWhole(folder: string): boolean {
  const library = libraryAt(folder);
  return library !== undefined && damageOf(library) === undefined;
}

/** A folder beside the final one, which others may read once it is renamed, whatever the umask. */
function beginPart(folder: string): string {
  const part = `${folder}.part-${ownerTag()}.${randomUUID().slice(0, 8)}`;
  try {
    mkdirSync(dirname(folder), { recursive: true });
    removeAbandoned(folder);
    mkdirSync(part);
    chmodSync(part, 0o755);
    return part;
  } catch (error) {
    throw cannotWrite(dirname(folder), error);
  }
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
  const library = libraryAt(folder);
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

/** Where another install was quicker, its folder stays: it was proved, too. */
function moveIntoPlace(part: string, folder: string): void {
  try {
    renameSync(part, folder);
  } catch (error) {
    if (libraryAt(folder) === undefined) throw error;
  }
}

/** What a process that was killed left behind. */
function removeAbandoned(folder: string): void {
  const parent = dirname(folder);
  const day = 24 * 60 * 60 * 1000;
  for (const name of readdirSync(parent)) {
    const path = join(parent, name);
    const start = `${basename(folder)}.part-`;
    if (!name.startsWith(start) || !existsSync(path)) continue;
    const old = Date.now() - statSync(path).mtimeMs > day;
    if (old || ownerIsGone(name.slice(start.length).split('.')[0]!))
      rmSync(path, { recursive: true, force: true });
  }
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}

function failure(what: string, fix: string): CantripError {
  return new CantripError('RUNTIME_INSTALL', { who: 'installRuntime', what, fix });
}
