import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { benchDevice } from '../../measuring/bench-device.ts';
import type { Case } from '../cases/cases.ts';
import type { Contender } from './contenders.ts';
import { benchPython } from './peers-environment.ts';

/** How a contender's process is started. */
export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

export interface Place {
  readonly problemFile: string;
  readonly threads: number;
  /** Of this run alone, so that what compilers keep from earlier runs does not shorten the first step. */
  readonly scratchFolder: string;
}

/** The command that starts a contender on a case. */
export function commandOf(contender: Contender, oneCase: Case, place: Place): Command {
  const file = fileURLToPath(new URL(contender.file, import.meta.url));
  const options = JSON.stringify(contender.options);
  const environment = { ...threadsOf(contender, place), ...contender.environment };
  if (file.endsWith('.ts')) {
    const args = [
      '--conditions=@cantrip/source',
      '--import',
      'tsx',
      file,
      oneCase.name,
      place.problemFile,
      options,
    ];
    return { command: process.execPath, args, environment };
  }
  const { momentum } = oneCase;
  const ofPeer = JSON.stringify({ ...contender.options, ...(momentum !== undefined && { momentum }) });
  const args = [file, oneCase.network, String(oneCase.learningRate), place.problemFile, ofPeer];
  return { command: benchPython(), args, environment: { ...environment, ...peersLibraries() } };
}

/** On a card, peers must find their own CUDA libraries instead of those of TensorFlow. */
function peersLibraries(): Record<string, string> {
  const path = process.env['CANTRIP_PEERS_LD_LIBRARY_PATH'];
  return path === undefined ? {} : { LD_LIBRARY_PATH: path };
}

/** Peers that are built for a card do not see it. */
const onProcessor = { CUDA_VISIBLE_DEVICES: '', JAX_PLATFORMS: 'cpu' };

/**
 * Where all threads of the machine may be used, nothing is set for Cantrip: who sets the threads in an op has chosen, and
 * Cantrip's own choice is what is compared.
 */
function threadsOf({ family }: Contender, place: Place): Record<string, string> {
  const { TF_NUM_INTRAOP_THREADS: chosen, ...rest } = threadEnvironment(place);
  return family === 'cantrip' && place.threads === availableParallelism()
    ? rest
    : { ...rest, TF_NUM_INTRAOP_THREADS: chosen };
}

/** The same number of threads for all that ask for no other. */
function threadEnvironment({
  threads,
  scratchFolder,
}: Place): Record<string, string> & { readonly TF_NUM_INTRAOP_THREADS: string } {
  const count = String(threads);
  return {
    CANTRIP_BENCH_THREADS: count,
    TF_NUM_INTRAOP_THREADS: count,
    TF_NUM_INTEROP_THREADS: count,
    OMP_NUM_THREADS: count,
    MKL_NUM_THREADS: count,
    // What XLA's own pool of threads goes by.
    PJRT_NPROC: count,
    NPROC: count,
    TF_CPP_MIN_LOG_LEVEL: '2',
    KERAS_BACKEND: 'tensorflow',
    ...(benchDevice === 'cuda' ? { TF_FORCE_GPU_ALLOW_GROWTH: 'true' } : onProcessor),
    TORCHINDUCTOR_CACHE_DIR: join(scratchFolder, 'inductor'),
    PYTHONDONTWRITEBYTECODE: '1',
  };
}
