import { spawn } from 'node:child_process';
import { CantripError } from '@cantrip/errors';
import { cacheFolder, tellsOfFullDisk } from '../runtime/files/cache-folder.ts';
import { inWorkFolder, type WorkFolder } from '../runtime/files/work-folder.ts';
import { programOnPath, withoutPythonVariables } from '../runtime/trusted-program.ts';

/** The user's installer of Python packages. */
export interface Installer {
  /** `uv` or `pip`. */
  readonly name: string;
  /** Installs packages into a folder, without their dependencies. */
  install(folder: string, packages: readonly string[]): Promise<void>;
}

interface Candidate {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** What shows that it runs: the command with `--version`, unless it says otherwise. */
  readonly probe?: readonly string[];
}

const candidates: readonly Candidate[] = [
  // `uv pip` itself has no `--version`.
  { name: 'uv', command: ['uv', 'pip'], probe: ['--version'] },
  { name: 'pip', command: ['python3', '-I', '-m', 'pip'] },
  // Isolated mode does not find a pip in the user's own site-packages.
  { name: 'pip', command: ['python3', '-E', '-m', 'pip'] },
  { name: 'pip', command: ['pip3'] },
  { name: 'pip', command: ['pip'] },
];

/**
 * Returns uv or pip, whichever runs first.
 *
 * @throws CantripError RUNTIME_INSTALL if neither runs
 */
export async function findInstaller(): Promise<Installer> {
  for (const {
    name,
    command: [program, ...rest],
    probe = [...rest, '--version'],
  } of candidates) {
    const path = programOnPath(program);
    if (path === undefined) continue;
    const command = [path, ...rest];
    const { code } = await run([path, ...probe]);
    if (code === 0) return { name, install: (folder, packages) => install(command, folder, packages) };
  }
  throw new CantripError('RUNTIME_INSTALL', {
    who: 'installRuntime',
    what: 'neither uv nor pip was found, and one of them is needed to download TensorFlow',
    fix:
      process.platform === 'darwin'
        ? 'Run `brew install uv` and try again'
        : 'Run `curl -LsSf https://astral.sh/uv/install.sh | sh` or `sudo apt-get install python3-pip`, and try again',
  });
}

/**
 * A wheel is for one Python version, but its library works with any. If the user's version has no wheel, the wheel
 * for 3.12 is used.
 */
async function install(
  command: readonly string[],
  folder: string,
  packages: readonly string[],
): Promise<void> {
  const wanted = [
    ...command,
    'install',
    '--target',
    folder,
    '--no-deps',
    '--only-binary',
    ':all:',
    ...packages,
  ];
  const first = await run(wanted);
  if (first.code === 0) return;
  if (!tellsOfFullDisk(first.errors)) {
    const second = await run([...wanted, '--python-version', '3.12']);
    if (second.code === 0) return;
  }
  throw failedInstall(command, packages, first.errors);
}

function failedInstall(
  command: readonly string[],
  packages: readonly string[],
  errors: string,
): CantripError {
  const full = tellsOfFullDisk(errors);
  return new CantripError('RUNTIME_INSTALL', {
    who: 'installRuntime',
    what: `${command.join(' ')} could not install ${packages.join(' ')}${full ? `, because a disk is full` : ''}: ${lastLine(errors)}`,
    fix: full
      ? `Free about 2 GB on the disk of ${cacheFolder()}, or set XDG_CACHE_HOME to a folder on another disk`
      : `Run \`${command.join(' ')} install --no-deps --target tensorflow ${packages[0]}\` to see why, or install TensorFlow yourself and set CANTRIP_TENSORFLOW to its folder`,
  });
}

function lastLine(errors: string): string {
  const lines = errors
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^(WARNING|\[notice\])/.test(line));
  return (lines.at(-1) ?? 'it gave no reason').trim().replace(/\.$/, '');
}

/**
 * Runs in an empty folder, because Python would run a `pip.py` in the current folder, and uv reads settings there.
 */
function run(command: readonly string[]): Promise<{ code: number; errors: string }> {
  return inWorkFolder((folder) => runIn(folder, command));
}

function runIn(
  folder: WorkFolder,
  [program = '', ...parameters]: readonly string[],
): Promise<{ code: number; errors: string }> {
  return new Promise((resolve) => {
    const child = spawn(program, parameters, {
      cwd: folder.start,
      env: environmentIn(folder),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (part: string) => (errors += part));
    child.on('error', (error) => resolve({ code: 1, errors: error.message }));
    child.on('close', (code) => resolve({ code: code ?? 1, errors }));
  });
}

/** Removes settings of pip that would contradict `--target`. */
function environmentIn({ aside }: WorkFolder): NodeJS.ProcessEnv {
  const { PIP_TARGET: _, PIP_PREFIX: __, PIP_ROOT: ___, ...rest } = withoutPythonVariables();
  return { ...rest, TMPDIR: aside, TEMP: aside, TMP: aside, PIP_USER: '0', PIP_REQUIRE_VIRTUALENV: '0' };
}
