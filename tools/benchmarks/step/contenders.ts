import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Case } from './cases.ts';

/** A program that trains a case and answers requests; a process of its own for each case. */
export interface Contender {
  readonly name: string;
  readonly title: string;
  /** Contenders of one family are ways to run the same framework: a target is against the faster of them. */
  readonly family: 'cantrip' | 'tfjs' | 'keras' | 'torch' | 'jax';
  readonly file: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly environment?: Readonly<Record<string, string>>;
  /** Takes part only when `--only` names it. */
  readonly onlyByName?: boolean;
  /** Takes part in these cases only. */
  readonly cases?: readonly Case['name'][];
}

/** oneDNN's kernels, which TensorFlow takes by itself on some processors only. */
const oneDnn = { TF_ENABLE_ONEDNN_OPTS: '1' };

/** At batch 4 threads inside an op wait for each other longer than they work. */
const oneThread = {
  CANTRIP_BENCH_THREADS: '1',
  TF_NUM_INTRAOP_THREADS: '1',
  OMP_NUM_THREADS: '1',
  MKL_NUM_THREADS: '1',
};
const smallBatch = ['fine-tuning'];

export const contenders: readonly Contender[] = [
  { name: 'cantrip', title: 'Cantrip', family: 'cantrip', file: 'contenders/cantrip.ts', options: {} },
  {
    name: 'cantrip-eager',
    title: 'Cantrip, not captured',
    family: 'cantrip',
    file: 'contenders/cantrip.ts',
    options: { capture: false },
    onlyByName: true,
  },
  {
    name: 'cantrip-xla',
    title: 'Cantrip, compiled by XLA',
    family: 'cantrip',
    file: 'contenders/cantrip.ts',
    options: { capture: true, compile: 'xla' },
    onlyByName: true,
  },
  {
    name: 'cantrip-one-thread',
    title: 'Cantrip, one thread in an op',
    family: 'cantrip',
    file: 'contenders/cantrip.ts',
    options: {},
    environment: oneThread,
    cases: smallBatch,
  },
  {
    name: 'tfjs',
    title: 'TensorFlow.js 4.22',
    family: 'tfjs',
    file: 'contenders/stock-tfjs.ts',
    options: {},
  },
  {
    name: 'keras',
    title: 'Keras on TensorFlow',
    family: 'keras',
    file: 'peers/keras_peer.py',
    options: {},
    environment: oneDnn,
  },
  {
    name: 'keras-jit',
    title: 'Keras, jit_compile',
    family: 'keras',
    file: 'peers/keras_peer.py',
    options: { jit_compile: true },
    environment: oneDnn,
  },
  {
    name: 'keras-one-thread',
    title: 'Keras, one thread in an op',
    family: 'keras',
    file: 'peers/keras_peer.py',
    options: {},
    environment: { ...oneDnn, ...oneThread },
    cases: smallBatch,
  },
  { name: 'torch', title: 'PyTorch', family: 'torch', file: 'peers/torch_peer.py', options: {} },
  {
    name: 'torch-one-thread',
    title: 'PyTorch, one thread in an op',
    family: 'torch',
    file: 'peers/torch_peer.py',
    options: {},
    environment: oneThread,
    cases: smallBatch,
  },
  {
    name: 'torch-compile',
    title: 'PyTorch, torch.compile',
    family: 'torch',
    file: 'peers/torch_peer.py',
    options: { compile: true },
  },
  { name: 'jax', title: 'JAX', family: 'jax', file: 'peers/jax_peer.py', options: {} },
];

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
  const environment = { ...threadEnvironment(place), ...contender.environment };
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
  const args = [file, oneCase.network, String(oneCase.learningRate), place.problemFile, options];
  return { command: benchPython(), args, environment };
}

/** The same number of threads for all. */
function threadEnvironment({ threads, scratchFolder }: Place): Record<string, string> {
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
    CUDA_VISIBLE_DEVICES: '',
    JAX_PLATFORMS: 'cpu',
    TORCHINDUCTOR_CACHE_DIR: join(scratchFolder, 'inductor'),
    PYTHONDONTWRITEBYTECODE: '1',
  };
}

/** Where `npm run bench:install` puts the peers. */
export function environmentFolder(): string {
  return process.env['CANTRIP_BENCH_ENVIRONMENT'] ?? join(homedir(), '.cache', 'cantrip', 'bench-python');
}

/** The Python that has the peers: CANTRIP_BENCH_PYTHON, or the one of our own environment. */
export function benchPython(): string {
  return process.env['CANTRIP_BENCH_PYTHON'] ?? join(environmentFolder(), 'bin', 'python');
}

/** Says how to get the peers where some are asked for and there is no Python for them. */
export function requirePeers(chosen: readonly Contender[]): void {
  const peers = chosen.filter(({ file }) => file.endsWith('.py'));
  if (peers.length === 0 || existsSync(benchPython())) return;
  throw new Error(
    `There is no ${benchPython()} for ${peers.map(({ name }) => name).join(', ')}. ` +
      'Install the peers with `npm run bench:install`, name a Python that has them in CANTRIP_BENCH_PYTHON, ' +
      'or leave them out with `--only cantrip,tfjs`.',
  );
}
